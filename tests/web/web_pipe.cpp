// SPDX-License-Identifier: GPL-3.0-or-later
// Our web front end behind standard input and output, for web programs of others. Luis has two letters; his password is "secret".
#include <unistd.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "sim/mail/message.h"
#include "sim/web/web_server.h"

namespace mailtrek::web {
namespace {

struct House final : WebEvents {
    House() {
        mail::Draft draft;
        draft.from = "ana@norte.example";
        draft.to = {"luis@sur.example"};
        draft.subject = "¿Qué <b>tal</b> & \"cómo\"?";
        draft.text = "Hola\n<script>alert(1)</script>\n";
        draft.html = "<p>Hola</p>";
        draft.attachments = {{"fotó.jpg", Slice::copyOf(std::string_view("\x01\x02\xff"))}};
        draft.messageId = "<1@norte.example>";
        draft.date = kStart;
        for (const std::string& letter : {mail::compose(draft), std::string("From: eva@sur.example\r\nSubject: dos\r\n\r\nadios\r\n")}) {
            mail::StoredMessage message;
            message.octets = Slice::copyOf(letter);
            box.store(message);
        }
    }
    mail::Mailbox* login(std::string_view user, std::string_view password) override { return user == "luis@sur.example" && password == "secret" ? &box : nullptr; }
    mail::Mailbox* mailbox(std::string_view) override { return &box; }
    std::string secret() override { return "s" + std::to_string(++secrets); }
    void flagsChanged(mail::Mailbox&, const mail::StoredMessage&) override {}
    void expunged(mail::Mailbox&, const mail::StoredMessage&) override {}
    void shown(mail::Mailbox&, const mail::StoredMessage&) override {}
    std::optional<std::string> submit(const std::string&, const WrittenLetter&) override { return std::nullopt; }

    mail::Mailbox box{"luis@sur.example", std::nullopt};
    unsigned secrets = 0;
};

bool put(const WebServerOutput& output) {
    for (const auto& piece : output.pieces)
        for (std::string_view rest = piece.octets; !rest.empty();) {
            const ssize_t written = ::write(STDOUT_FILENO, rest.data(), rest.size());
            if (written <= 0) return false;
            rest.remove_prefix(static_cast<std::size_t>(written));
        }
    return !output.close;
}

}  // namespace
}  // namespace mailtrek::web

int main() {
    using namespace mailtrek;
    web::House house;
    web::WebSite site("sur.sur.example");
    web::WebServer server(site, house);
    server.onConnect(kStart);
    char buffer[4096];
    for (bool open = true; open;) {
        const ssize_t size = ::read(STDIN_FILENO, buffer, sizeof buffer);
        if (size <= 0) return 0;
        open = web::put(server.onBytes(std::string_view(buffer, static_cast<std::size_t>(size)), kStart));
    }
    return 0;
}
