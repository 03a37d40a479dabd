// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mailtrek-cli/system_reason.h"

#include <cerrno>
#include <system_error>

namespace mailtrek::cli {

namespace {

struct Reason {
    int number;
    std::string_view es;
};

// Those that opening, writing and renaming a file, or listening at a port, can meet.
constexpr Reason kReasons[] = {
    {EACCES, "permiso denegado"},
    {EADDRINUSE, "la dirección ya está en uso"},
    {EBADF, "descriptor de fichero erróneo"},
    {EBUSY, "dispositivo o recurso ocupado"},
    {EDQUOT, "se ha excedido la cuota de disco"},
    {EFBIG, "el fichero es demasiado grande"},
    {EINVAL, "argumento no válido"},
    {EIO, "error de entrada/salida"},
    {EISDIR, "es una carpeta"},
    {ELOOP, "demasiados enlaces simbólicos"},
    {EMFILE, "demasiados ficheros abiertos"},
    {ENAMETOOLONG, "el nombre es demasiado largo"},
    {ENOENT, "no existe el fichero o la carpeta"},
    {ENOSPC, "no queda espacio en el dispositivo"},
    {ENOTDIR, "no es una carpeta"},
    {ENXIO, "no existe el dispositivo o la dirección"},
    {EPERM, "operación no permitida"},
    {EPIPE, "tubería rota"},
    {EROFS, "el sistema de ficheros es de solo lectura"},
    {ETXTBSY, "el fichero de texto está ocupado"},
};

std::string englishOf(int errorNumber) { return std::generic_category().message(errorNumber); }

}  // namespace

std::string systemReason(std::string_view english, Language language) {
    if (language == Language::en) return std::string(english);
    for (const Reason& reason : kReasons)
        if (englishOf(reason.number) == english) return std::string(reason.es);
    return std::string(english);
}

std::string systemReason(int errorNumber, Language language) { return systemReason(englishOf(errorNumber), language); }

}  // namespace mailtrek::cli
