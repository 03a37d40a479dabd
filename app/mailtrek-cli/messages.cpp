// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mailtrek-cli/messages.h"

#include <cstdlib>

namespace mailtrek::cli {

namespace {

struct Line {
    Say message;
    std::string_view en;
    std::string_view es;
};

constexpr Line kLines[] = {
    {Say::noCommand, "a command is missing", "falta una orden"},
    {Say::unknownCommand, "there is no command '{}'", "no existe la orden «{}»"},
    {Say::unknownOption, "there is no option '{}'", "no existe la opción «{}»"},
    {Say::tooManyArguments, "'{}' is one argument too many", "sobra el argumento «{}»"},
    {Say::missingFile, "`{}` needs a scenario file", "`{}` necesita un fichero de escenario"},
    {Say::missingOption, "`{}` needs {}", "`{}` necesita {}"},
    {Say::missingValue, "{} needs a value", "{} necesita un valor"},
    {Say::optionTwice, "{} stands twice", "{} aparece dos veces"},
    {Say::badNumber, "{}: '{}' is not a whole number", "{}: «{}» no es un número entero"},
    {Say::badSize, "{}: '{}' is not a size (write 500MB or 2GiB)", "{}: «{}» no es un tamaño (escriba 500MB o 2GiB)"},
    {Say::badPort, "{}: '{}' is no port (0 to 65535; 0: any that is free)", "{}: «{}» no es un puerto (0 a 65535; 0: uno libre)"},
    {Say::badTime, "{}: '{}' is not a time (write 90s or \"10 min\")", "{}: «{}» no es un tiempo (escriba 90s o \"10 min\")"},
    {Say::badChoice, "{}: '{}' is none of {}", "{}: «{}» no es ninguno de {}"},
    {Say::badSetting, "--set: '{}' is not PATH=VALUE", "--set: «{}» no es RUTA=VALOR"},
    {Say::atNodeOrLink, "--at-node and --at-link exclude each other", "--at-node y --at-link se excluyen"},
    {Say::notSupportedYet, "`{}` is not supported yet", "`{}` no está disponible todavía"},
    {Say::didYouMean, " (did you mean `{}`?)", " (¿quería decir `{}`?)"},
    {Say::seeHelp, "See: mailtrek-cli --help", "Véase: mailtrek-cli --help"},
    {Say::cannotRead, "{}: cannot be read: {}", "{}: no se puede leer: {}"},
    {Say::cannotWrite, "{}: cannot be written: {}", "{}: no se puede escribir: {}"},
    {Say::cannotWriteOutput, "standard output cannot be written: {}", "no se puede escribir en la salida estándar: {}"},
    {Say::formatMissing, "--to: the ending of '{}' must say the format ({})", "--to: la extensión de «{}» debe decir el formato ({})"},
    {Say::formatUnknown, "--to: '{}' is no format that can be written ({})", "--to: «{}» no es un formato que se pueda escribir ({})"},
    {Say::formatNotYet, "--to: {} is not supported yet ({})", "--to: {} no está disponible todavía ({})"},
    {Say::noScenarios, "{}: holds no scenario (*.yaml)", "{}: no contiene ningún escenario (*.yaml)"},
    {Say::limitEvents, "{}: stopped at {} after {} events (--max-events)", "{}: detenido en {} tras {} sucesos (--max-events)"},
    {Say::limitMemory, "{}: stopped at {} with {} octets in memory (--max-memory)", "{}: detenido en {} con {} octetos en memoria (--max-memory)"},
    {Say::noSuchNode, "--at-node: there is no node '{}'", "--at-node: no existe el nodo «{}»"},
    {Say::noSuchLink, "--at-link: there is no link '{}'", "--at-link: no existe el enlace «{}»"},
    {Say::notAsExpected, "{}: expected {}, found {}", "{}: se esperaba {}, resultó {}"},
    {Say::reading, "reading", "leyendo"},
    {Say::simulating, "simulating", "simulando"},
    {Say::writing, "writing", "escribiendo"},
    {Say::outOfMemory, "out of memory", "memoria agotada"},
    {Say::noSuchDevice, "--as: there is no node '{}'", "--as: no existe el nodo «{}»"},
    {Say::noDevice, "--as: '{}' is no device with a user (choose one of {})", "--as: «{}» no es un dispositivo con usuario (elija entre {})"},
    {Say::noServer, "--as: no mail server serves the domain of '{}', the user of '{}'", "--as: ningún servidor de correo sirve el dominio de «{}», el usuario de «{}»"},
    {Say::notExtended, "{}: what a mail program does is written behind the scenario, and here it cannot be: {}",
     "{}: lo que hace un programa de correo se escribe tras el escenario, y aquí no se puede: {}"},
    {Say::saveOverFile, "--save: '{}' is the scenario itself (give another name)", "--save: «{}» es el propio escenario (elija otro nombre)"},
    {Say::portTaken, "{}: port {} of 127.0.0.1 cannot be had: {} (choose another, or 0 for any that is free)",
     "{}: el puerto {} de 127.0.0.1 no se puede usar: {} (elija otro, o 0 para uno libre)"},
    {Say::serveEntered, "{}: connection {}: {}, from 127.0.0.1:{}", "{}: conexión {}: {}, desde 127.0.0.1:{}"},
    {Say::serveLeft, "{}: connection {}: over ({})", "{}: conexión {}: terminada ({})"},
    {Say::serveFull, "more than {} connections at once: one was turned away", "más de {} conexiones a la vez: se rechazó una"},
    {Say::serveOver, "the time of the scenario is over (`until:`)", "el tiempo del escenario se ha acabado (`until:`)"},
    {Say::serveSessionFull, "the session is as long as a scenario file can be: it ends here", "la sesión es tan larga como puede ser un fichero de escenario: termina aquí"},
    {Say::serveSaved, "saved: {} (trace hash {:016x})", "guardado: {} (trace hash {:016x})"},
    {Say::serveAccount,
     "Your mail program is now that of {0}, and its server is {1}. The account to type into it:\n  address     {2}\n  user        {2} (or {3})\n  password    {4}",
     "Su programa de correo es ahora el de {0}, y su servidor es {1}. La cuenta que hay que poner en él:\n  dirección   {2}\n  usuario     {2} (o {3})\n  contraseña  {4}"},
    {Say::serveSubmission, "outgoing mail (SMTP), normal password", "correo saliente (SMTP), contraseña normal"},
    {Say::serveImap, "incoming mail", "correo entrante"},
    {Say::servePop3, "incoming mail, the other way", "correo entrante, de la otra manera"},
    {Say::serveStranger, "as a stranger: no password, only to mailboxes of this server", "como desconocido: sin contraseña, solo a buzones de este servidor"},
    {Say::serveUsers, "other users and their passwords:", "otros usuarios y sus contraseñas:"},
    {Say::serveMoreUsers, "and {} more", "y {} más"},
    {Say::serveHint, "No encryption, or STARTTLS (with the certificate of a throw-away authority: accept it for this account).\nCtrl-C ends.",
     "Sin cifrado, o STARTTLS (con el certificado de una autoridad de usar y tirar: acéptelo para esta cuenta).\nCtrl-C termina."},
};

constexpr bool inOrder() {
    for (std::size_t i = 0; i < std::size(kLines); ++i) {
        if (static_cast<std::size_t>(kLines[i].message) != i) return false;
    }
    return true;
}
static_assert(std::size(kLines) == static_cast<std::size_t>(kLastMessage) + 1 && inOrder(), "one line per message, in order");

}  // namespace

std::string_view textOf(Say message, Language language) {
    const Line& line = kLines[static_cast<std::size_t>(message)];
    return language == Language::es ? line.es : line.en;
}

Language languageOfEnvironment() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(name);
        if (value == nullptr || *value == '\0') continue;
        const std::string_view text = value;
        return text == "es" || text.starts_with("es_") || text.starts_with("es.") ? Language::es : Language::en;
    }
    return Language::en;
}

std::string_view code(Language language) { return language == Language::es ? "es" : "en"; }

}  // namespace mailtrek::cli
