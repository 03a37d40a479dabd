// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/scenario/builder.h"

namespace mailtrek::scenario {

void Builder::readServerTls(const Node_& value, Node& node) {
    Map map(m_reader, value, "tls of a mail-server");
    const auto flag = [&](std::string_view key, bool& target) { map.with(key, [&](const Node_& v) { target = m_reader.boolean(v, key); }); };
    map.with("name", [&](const Node_& v) { node.serverTls.name = m_reader.domain(v, "name"); });
    flag("expired", node.serverTls.expired);
    flag("not-yet-valid", node.serverTls.notYetValid);
    flag("self-signed", node.serverTls.selfSigned);
    flag("unavailable", node.serverTls.unavailable);
    if (node.serverTls.expired && node.serverTls.notYetValid) m_reader.error(value, "tls: a certificate is either expired or not yet valid");
}

void Builder::readDeviceTls(const Node_& value, Node& node) {  // in the order of DeviceTls
    node.deviceTls = static_cast<DeviceTls>(m_reader.choice(value, "tls", {"if-offered", "require", "implicit", "off"}));
}

void Builder::readTap(Map& map, Link& link) {
    map.with("tap", [&](const Node_& v) { link.tap = m_reader.boolean(v, "tap"); });
    map.with("strip-starttls", [&](const Node_& v) { link.stripStartTls = m_reader.boolean(v, "strip-starttls"); });
}

}  // namespace mailtrek::scenario
