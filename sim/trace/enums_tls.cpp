// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/trace/enums_tls.h"

namespace mailtrek::trace {

std::string_view name(TlsRecordKind value) {
    switch (value) {
        case TlsRecordKind::changeCipherSpec: return "change-cipher-spec";
        case TlsRecordKind::alert: return "alert";
        case TlsRecordKind::handshake: return "handshake";
        case TlsRecordKind::applicationData: return "application-data";
    }
    return "?";
}

std::string_view name(TlsVerdict value) {
    switch (value) {
        case TlsVerdict::unchecked: return "unchecked";
        case TlsVerdict::trusted: return "trusted";
        case TlsVerdict::expired: return "expired";
        case TlsVerdict::notYetValid: return "not-yet-valid";
        case TlsVerdict::wrongName: return "wrong-name";
        case TlsVerdict::unknownAuthority: return "unknown-authority";
        case TlsVerdict::selfSigned: return "self-signed";
        case TlsVerdict::other: return "other";
    }
    return "?";
}

std::string_view name(TapKind value) {
    switch (value) {
        case TapKind::connection: return "connection";
        case TapKind::line: return "line";
        case TapKind::password: return "password";
        case TapKind::letter: return "letter";
        case TapKind::sealed: return "sealed";
        case TapKind::record: return "record";
    }
    return "?";
}

}  // namespace mailtrek::trace
