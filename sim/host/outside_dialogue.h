// SPDX-License-Identifier: GPL-3.0-or-later
// Follows what a real program says to a mail server, and the answers, only so far as the recording wants to know: where a command ends, where a message begins and ends
// (RFC 5321 4.1.1.4), what must not be shown (passwords). It changes nothing, and takes any octets. Behind STARTTLS it sees nothing any more.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/outside.h"

namespace mailtrek::host {

// A stretch of what the program writes. The stretches joined are the octets.
struct OutsideSaid {
    std::string_view octets;
    std::optional<std::string> command;  // a line that ends here, as it may be shown
    bool content = false;                // they are of a message
    std::optional<std::string> message;  // that ends here, without dot-stuffing and final dot
};

enum class OutsideAsked : std::uint8_t { greeting, command, mail, recipient, data, content, auth, startTls };
struct OutsideHeard {  // an SMTP reply, and what it answers
    OutsideAsked asked{};
    int code = 0;
    std::string text;
};

class OutsideDialogue {
public:
    explicit OutsideDialogue(scenario::Service service, bool greets = true) : m_service(service) {
        if (greets) m_asked.push_back(OutsideAsked::greeting);
    }

    // The views are of `octets`.
    std::vector<OutsideSaid> says(std::string_view octets);
    // SMTP replies that are complete now; none of POP3 and IMAP.
    std::vector<OutsideHeard> hears(std::string_view octets);
    std::uint64_t contentOctets() const { return m_contentOctets; }  // of the message that ended last, as on the wire

private:
    bool isSmtp() const { return m_service == scenario::Service::smtp || m_service == scenario::Service::submission; }
    OutsideSaid saysContent(std::string_view octets);
    OutsideSaid saysLine(std::string_view octets);
    std::string take(std::string line);
    std::string takeSmtp(std::string line);
    std::string takePop3(std::string line);
    std::string takeImap(std::string line);
    void hearsLine(std::string_view line, std::vector<OutsideHeard>& out);
    void hearsSmtp(std::string_view line, std::vector<OutsideHeard>& out);

    scenario::Service m_service;
    bool m_dark = false;       // behind STARTTLS
    bool m_secret = false;     // the next line is a password
    std::string m_line;        // said, without its end so far
    std::string m_heard;       // heard, without its end so far
    std::string m_reply;       // lines of an SMTP reply that goes on
    bool m_inContent = false;  // between 354 and the final dot
    std::string m_content;     // as on the wire
    std::uint64_t m_contentOctets = 0;
    std::deque<OutsideAsked> m_asked;
    std::uint64_t m_literal = 0;     // IMAP: octets of it that are still to come
    std::string m_tag;               // IMAP: of the command under way
    std::string m_waits;             // IMAP: the tag of a command whose literal is to be agreed to first (RFC 3501 4.3)
    bool m_login = false;            // IMAP: the command under way is LOGIN
    bool m_continues = false;        // IMAP: a literal has interrupted the command
    std::string m_startTls, m_auth;  // IMAP: their tags; POP3: anything
};

}  // namespace mailtrek::host
