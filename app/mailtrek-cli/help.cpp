// SPDX-License-Identifier: GPL-3.0-or-later
// mailtrek-cli --help, whole or of one command. The man page (app/man/mailtrek-cli.1) says the same at more length.
#include "app/mailtrek-cli/commands.h"
#include "app/mailtrek-cli/terminal.h"

namespace mailtrek::cli {

namespace {

struct CommandHelp {
    std::string_view name;
    std::string_view usage;
    std::string_view en, es;
    std::string_view optionsEn, optionsEs;
};

constexpr CommandHelp kCommands[] = {
    {"run", "run FILE", "simulates a scenario and tells what happened", "simula un escenario y cuenta lo que pasó",
     "  --variant NAME       a variant of the file\n"
     "  --seed N             another seed (0 or more)\n"
     "  --until TIME         end at that time at the latest: 90s, \"10 min\"\n"
     "  --set PATH=VALUE     another value: links.backbone.loss=5%; may be repeated\n"
     "  --level LEVEL        story (default), mail, dialogue, tcp, ip\n"
     "  --format FORMAT      text (default), json (one object), jsonl (an event a line)\n"
     "  --max-events N       stop after N recorded events; tells what was until then (exit code 4)\n"
     "  --max-memory SIZE    the same when the recording needs more: 500MB, 2GiB\n",
     "  --variant NOMBRE     una variante del fichero\n"
     "  --seed N             otra semilla (0 o más)\n"
     "  --until TIEMPO       terminar en ese momento como tarde: 90s, \"10 min\"\n"
     "  --set RUTA=VALOR     otro valor: links.backbone.loss=5%; se puede repetir\n"
     "  --level NIVEL        story (por omisión), mail, dialogue, tcp, ip\n"
     "  --format FORMATO     text (por omisión), json (un objeto), jsonl (un suceso por línea)\n"
     "  --max-events N       parar tras N sucesos grabados; cuenta lo que hubo hasta ahí (código de salida 4)\n"
     "  --max-memory TAMAÑO  lo mismo cuando la grabación ocupe más: 500MB, 2GiB\n"},
    {"check", "check FILE|FOLDER...", "simulates files and their variants and compares with `expect:`", "simula ficheros y sus variantes y compara con `expect:`", "", ""},
    {"export", "export FILE --to OUT", "writes the run as pcapng, csv or json", "escribe la simulación como pcapng, csv o json",
     "  --to OUT             the file to write; its ending says the format\n"
     "  --at-node NAME       only what a capture on that host would hold\n"
     "  --at-link NAME       only both ends of that link\n"
     "  --variant NAME       a variant of the file\n",
     "  --to SALIDA          el fichero que se escribe; su extensión dice el formato\n"
     "  --at-node NOMBRE     solo lo que vería una captura en ese equipo\n"
     "  --at-link NOMBRE     solo los dos extremos de ese enlace\n"
     "  --variant NOMBRE     una variante del fichero\n"},
    {"serve", "serve FILE --as NODE", "lets real mail programs on this machine talk to a simulated server",
     "deja que programas de correo reales de este equipo hablen con un servidor simulado",
     "  --as NODE            the device whose mail program they stand in for; its server is served\n"
     "  --submission PORT    for outgoing mail (2587); all on 127.0.0.1 only, 0: any that is free\n"
     "  --imap PORT          for incoming mail (2143)\n"
     "  --pop3 PORT          for incoming mail, the other way (2110)\n"
     "  --smtp PORT          as the server speaks to strangers: no login, no relay (2525)\n"
     "  --pace PACE          real (default): as long as it would take; fast: without the network's delay\n"
     "  --save OUT.yaml      at the end, the scenario with all that was done: an ordinary scenario file\n"
     "  --for TIME           end by itself after that time: 90s, \"10 min\"; else Ctrl-C ends it\n",
     "  --as NODO            el dispositivo cuyo programa de correo sustituyen; se sirve su servidor\n"
     "  --submission PUERTO  para el correo saliente (2587); todos solo en 127.0.0.1, 0: uno libre\n"
     "  --imap PUERTO        para el correo entrante (2143)\n"
     "  --pop3 PUERTO        para el correo entrante, de la otra manera (2110)\n"
     "  --smtp PUERTO        como habla el servidor a desconocidos: sin contraseña ni reenvío (2525)\n"
     "  --pace RITMO         real (por omisión): lo que tardaría; fast: sin los retrasos de la red\n"
     "  --save SALIDA.yaml   al terminar, el escenario con todo lo que se hizo: un escenario corriente\n"
     "  --for TIEMPO         terminar por sí solo pasado ese tiempo: 90s, \"10 min\"; si no, con Ctrl-C\n"},
    {"metrics", "metrics", "lists every metric with unit and meaning", "enumera las métricas con su unidad y significado", "", ""},
    {"sweep", "sweep ...", "not supported yet", "no disponible todavía", "", ""},
    {"generate", "generate ...", "not supported yet", "no disponible todavía", "", ""},
};

std::string helpOf(const CommandHelp& command, bool es) {
    std::string text = fmt::format("mailtrek-cli {}\n  {}\n", command.usage, es ? command.es : command.en);
    text += es ? command.optionsEs : command.optionsEn;
    text += es ? "  --lang en|es         el idioma (por omisión, el del sistema)\n  --help, --version    esta ayuda, la versión\n"
               : "  --lang en|es         the language (default: the system's)\n  --help, --version    this help, the version\n";
    return text;
}

std::string helpOfAll(bool es) {
    std::string text = es ? "mailtrek-cli " MAILTREK_VERSION ": simula el viaje del correo electrónico\n\nÓrdenes:\n"
                          : "mailtrek-cli " MAILTREK_VERSION ": simulates the journey of e-mail\n\nCommands:\n";
    for (const CommandHelp& command : kCommands) text += fmt::format("  {:<22} {}\n", command.usage, es ? command.es : command.en);
    text += es ? "\nOpciones de una orden: mailtrek-cli ORDEN --help. Para todas: --lang en|es, --help, --version.\n"
                 "Códigos de salida: 0 hecho, 1 no es lo esperado (check), 2 entrada errónea, 3 un fichero no se pudo leer o escribir, 4 límite alcanzado, 64 uso erróneo.\n"
               : "\nOptions of a command: mailtrek-cli COMMAND --help. Of all: --lang en|es, --help, --version.\n"
                 "Exit codes: 0 done, 1 not as expected (check), 2 wrong input, 3 a file could not be read or written, 4 limit reached, 64 wrong usage.\n";
    return text;
}

}  // namespace

ExitCode printHelp(const HelpCommand& command, Language language) {
    const bool es = language == Language::es;
    StandardOutput out;
    bool found = false;
    for (const CommandHelp& one : kCommands) {
        if (one.name != command.about) continue;
        out.write(helpOf(one, es));
        found = true;
    }
    if (!found) out.write(helpOfAll(es));
    return out.finish(language);
}

}  // namespace mailtrek::cli
