// SPDX-License-Identifier: GPL-3.0-or-later
// Our IMAP and POP3 servers behind standard input and output, for mail programs of others: mail_pipe imap|pop3. Luis has two letters; his password is "secret".
#include <unistd.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "sim/mail/imap_server.h"
#include "sim/mail/message.h"
#include "sim/mail/pop3_server.h"

namespace mailtrek::mail {
namespace {

struct House final : ImapEvents, Pop3Events {
    House() {
        Draft draft;
        draft.from = "ana@norte.example";
        draft.to = {"luis@sur.example"};
        draft.subject = "¿Qué tal?";
        draft.text = "Hola\n.\n..dots\n";
        draft.html = "<p>Hola</p>";
        draft.attachments = {{"foto.jpg", Slice::copyOf(std::string_view("\x01\x02\x03"))}};
        draft.messageId = "<1@norte.example>";
        draft.date = kStart;
        for (const std::string& letter : {compose(draft), std::string("From: eva@sur.example\r\nSubject: dos\r\n\r\nadios\r\n")}) {
            StoredMessage message;
            message.octets = Slice::copyOf(letter);
            box.store(message);
        }
    }
    Mailbox* login(std::string_view user, std::string_view password) override { return user == "luis@sur.example" && password == "secret" ? &box : nullptr; }
    MessageId keep(const Slice&) override { return {}; }
    void flagsChanged(Mailbox&, const StoredMessage&) override {}
    void added(Mailbox&, const StoredMessage&, const std::string&) override {}
    void expunged(Mailbox&, const StoredMessage&) override {}
    void fetched(Mailbox&, const StoredMessage&) override {}
    bool lock(Mailbox&) override { return true; }
    void unlock(Mailbox&) override {}
    void retrieved(Mailbox&, const StoredMessage&, std::size_t) override {}
    void removed(Mailbox&, const StoredMessage&) override {}

    Mailbox box{"luis@sur.example", 1'000'000};
};

template <class Output>
bool put(const Output& output) {
    for (const auto& piece : output.pieces)
        for (std::string_view rest = piece.octets; !rest.empty();) {
            const ssize_t written = ::write(STDOUT_FILENO, rest.data(), rest.size());
            if (written <= 0) return false;
            rest.remove_prefix(static_cast<std::size_t>(written));
        }
    return !output.close;
}

template <class Server>
void serve(Server& server) {
    bool open = put(server.onConnect(kStart));
    char buffer[4096];
    while (open) {
        const ssize_t size = ::read(STDIN_FILENO, buffer, sizeof buffer);
        if (size <= 0) return;
        open = put(server.onBytes(std::string_view(buffer, static_cast<std::size_t>(size)), kStart));
    }
}

}  // namespace
}  // namespace mailtrek::mail

int main(int count, char** arguments) {
    using namespace mailtrek::mail;
    House house;
    const std::string_view what = count == 2 ? arguments[1] : "";
    if (what == "imap") {
        ImapServer server({.hostName = "sur.sur.example"}, house);
        serve(server);
    } else if (what == "pop3") {
        Pop3Server server({.hostName = "sur.sur.example"}, house);
        serve(server);
    } else {
        return std::fputs("mail_pipe imap|pop3\n", stderr), 64;
    }
    return 0;
}
