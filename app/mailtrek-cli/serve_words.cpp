// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mailtrek-cli/serve_words.h"

#include "sim/host/mail_server.h"

namespace mailtrek::cli {

namespace {

constexpr std::size_t kMostUsers = 12;

std::string usersText(const scenario::Scenario& scenario, NodeId device, NodeId server, Language language) {
    std::string text;
    std::size_t told = 0, left = 0;
    const std::string& own = scenario.nodes[device.index()].user;
    for (const scenario::Mailbox& box : scenario.nodes[server.index()].mailboxes) {
        if (scenario::lowered(box.address) == scenario::lowered(own)) continue;
        if (told++ < kMostUsers)
            text += fmt::format("              {}  {}\n", box.address, host::passwordOf(box.address));
        else
            ++left;
    }
    if (left > 0) text += fmt::format("              {}\n", say(language, Say::serveMoreUsers, left));
    return text.empty() ? text : fmt::format("  {}\n{}", say(language, Say::serveUsers), text);
}

}  // namespace

std::string accountText(const scenario::Scenario& scenario, NodeId device, NodeId server, const std::array<std::uint16_t, 4>& ports, Language language) {
    const scenario::Node& node = scenario.nodes[device.index()];
    const auto line = [&](std::string_view name, std::uint16_t port, Say remark) { return fmt::format("  {:<11} 127.0.0.1 {:<6} {}\n", name, port, say(language, remark)); };
    std::string text =
        say(language, Say::serveAccount, node.name, scenario.nodes[server.index()].name, node.user, node.user.substr(0, node.user.rfind('@')), host::passwordOf(node.user)) + "\n";
    text += line("submission", ports[1], Say::serveSubmission);
    text += line("imap", ports[3], Say::serveImap);
    text += line("pop3", ports[2], Say::servePop3);
    text += line("smtp", ports[0], Say::serveStranger);
    text += usersText(scenario, device, server, language);
    return text + say(language, Say::serveHint) + "\n";
}

}  // namespace mailtrek::cli
