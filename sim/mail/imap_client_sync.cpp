// SPDX-License-Identifier: GPL-3.0-or-later
// A client that keeps up with INBOX without its person: asks for what is new since the last time, and for the marks of what it knew (RFC 4549 3); then logs out, or stays in IDLE
// (RFC 2177) and hears what comes, goes and is read. IDLE is renewed before a server would take its client for dead (RFC 2177 3: at least every 29 minutes).
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "sim/mail/encoding.h"
#include "sim/mail/imap_client.h"
#include "sim/mail/imap_text.h"

namespace mailtrek::mail {
namespace {

using namespace std::chrono_literals;
using trace::KnownAs;

constexpr Duration kRenewal = 29min;
constexpr std::size_t kMostPlaces = 1'000'000;
constexpr std::uint32_t kNeverShown = ~std::uint32_t{0};  // as good as no uid (RFC 3501 9)

// Whether \Seen is among FLAGS (...); nothing without FLAGS.
std::optional<bool> readIn(std::string_view response) {
    const std::size_t at = response.find("FLAGS (");
    if (at == std::string_view::npos) return std::nullopt;
    const std::string flags = lower(response.substr(at, response.find(')', at) - at));
    return flags.find("\\seen") != std::string::npos;
}

}  // namespace

void ImapClient::tell(const ImapLetter& letter, KnownAs as, Actions& out) { out.push_back(ImapKnown{letter.uid, as, m_unasked || m_state == State::idle}); }

void ImapClient::onUntaggedSync(std::string_view line, Instant now, Actions& out) {
    if (m_state == State::logout || m_state == State::done) return;
    if (line.starts_with("BYE")) {
        finish(false, "the server said goodbye", out);
        m_state = State::done;
        m_deadline = kNever;
        out.push_back(ImapClose{});
        return;
    }
    if (line.starts_with("OK [UIDVALIDITY ")) m_validity = numberAfter(line, "UIDVALIDITY ");
    if (line.starts_with("OK [UIDNEXT ")) m_nextUid = numberAfter(line, "UIDNEXT ");
    std::uint32_t number = 0;
    const auto read = std::from_chars(line.data(), line.data() + line.size(), number);
    if (read.ec != std::errc{} || read.ptr == line.data() + line.size()) return;
    onNumbered(number, line.substr(static_cast<std::size_t>(read.ptr - line.data()) + 1), now, out);
}

// "3 EXISTS", "2 EXPUNGE", "1 FETCH (...)" (RFC 3501 7.3.1, 7.4.1, 7.4.2). Numbers are places of the
// server; which letter stands there is known once it has been shown with its uid, and letters that are gone there already may still have a place.
void ImapClient::onNumbered(std::uint32_t number, std::string_view what, Instant now, Actions& out) {
    std::vector<ImapLetter>& known = m_options.known;
    if (what == "EXISTS") {
        m_exists = number;
        m_places.resize(std::min<std::size_t>(number, kMostPlaces));
        if (m_state == State::idle && newCame()) endIdle(now, out);
    } else if (what == "EXPUNGE") {
        if (m_exists > 0) --m_exists;
        if (number == 0 || number > m_places.size()) return;
        const std::uint32_t uid = m_places[number - 1];  // 0: it was never shown
        m_places.erase(m_places.begin() + (number - 1));
        m_stillThere.erase(uid);
        const auto place = std::ranges::lower_bound(known, uid, {}, &ImapLetter::uid);
        if (place == known.end() || place->uid != uid) return;
        tell(*place, KnownAs::gone, out);
        known.erase(place);
    } else if (what.starts_with("FETCH (")) {
        const auto read = readIn(what);
        const std::uint32_t uid = numberAfter(what, "UID ");
        const bool isPlace = number > 0 && number <= m_places.size();
        if (uid != 0 && isPlace) m_places[number - 1] = uid;
        if (uid != 0)
            heardOf(uid, read.value_or(false), out);
        else if (read && isPlace && m_places[number - 1] != 0 && m_places[number - 1] != kNeverShown)
            heardOf(m_places[number - 1], *read, out);
    }
}

// The last place has not been shown yet.
bool ImapClient::newCame() const { return !m_places.empty() && m_places.back() == 0; }

void ImapClient::heardOf(std::uint32_t uid, bool read, Actions& out) {
    std::vector<ImapLetter>& known = m_options.known;
    m_stillThere.insert(uid);
    const auto place = std::ranges::lower_bound(known, uid, {}, &ImapLetter::uid);
    if (place != known.end() && place->uid == uid) {
        if (place->read == read) return;
        place->read = read;
        return tell(*place, read ? KnownAs::read : KnownAs::unread, out);
    }
    tell(*known.insert(place, ImapLetter{uid, read}), read ? KnownAs::read : KnownAs::unread, out);
}

void ImapClient::selected(Instant now, Actions& out) {
    std::vector<ImapLetter>& known = m_options.known;
    if (m_validity != m_options.validity) {  // it is another folder: nothing of what was known holds (RFC 3501 2.3.1.1)
        for (const ImapLetter& letter : known) tell(letter, KnownAs::gone, out);
        known.clear();
        m_options.validity = m_validity;
    }
    m_oldest = known.empty() ? 0 : known.back().uid;
    if (m_exists > 0 && (m_nextUid == 0 || m_nextUid > m_oldest + 1)) return askForNew(now, out);
    askForOld(now, out);
}

void ImapClient::askForNew(Instant now, Actions& out) {
    const std::uint32_t last = m_options.known.empty() ? 0 : m_options.known.back().uid;
    m_askedAt = m_exists;
    send(State::newLetters, fmt::format("UID FETCH {}:* (FLAGS RFC822.SIZE ENVELOPE)", last + 1), now, out);
}

void ImapClient::askForOld(Instant now, Actions& out) {
    m_stillThere.clear();
    if (m_oldest > 0 && m_exists > 0) return send(State::oldLetters, fmt::format("UID FETCH 1:{} (FLAGS)", m_oldest), now, out);
    forgetGone(out);
    wait(now, out);
}

// Of those that were known before, what the server did not name is there no more.
void ImapClient::forgetGone(Actions& out) {
    std::erase_if(m_options.known, [&](const ImapLetter& letter) {
        const bool gone = letter.uid <= m_oldest && !m_stillThere.contains(letter.uid);
        if (gone) tell(letter, KnownAs::gone, out);
        return gone;
    });
    m_oldest = 0;
}

// All is known.
void ImapClient::wait(Instant now, Actions& out) {
    m_inStep = true;
    if (m_options.task == ImapTask::watch && !m_capabilities) return send(State::capability, "CAPABILITY", now, out);
    const bool idles = m_options.task == ImapTask::watch && m_capabilities->find(" idle ") != std::string::npos;
    if (idles) return send(State::idleAsked, "IDLE", now, out);
    finish(true, {}, out);
    send(State::logout, "LOGOUT", now, out);
}

// The server has agreed to tell.
void ImapClient::settled(Instant now, Actions& out) {
    m_state = State::idle;
    m_unasked = false;
    m_deadline = now + kRenewal;
    if (newCame()) return endIdle(now, out);  // it came while the client was asking
    out.push_back(ImapIdling{});
}

void ImapClient::endIdle(Instant now, Actions& out) {
    m_unasked = newCame();
    m_state = State::idleEnding;
    m_deadline = now + 5min;
    out.push_back(ImapSendLine{"DONE", "DONE"});
}

void ImapClient::onTaggedSync(Instant now, Actions& out) {
    if (m_state == State::newLetters) {
        if (m_oldest > 0) return askForOld(now, out);
        if (m_exists == m_askedAt && newCame()) m_places.back() = kNeverShown;  // a server that counts what it does not show is not asked again
        return wait(now, out);
    }
    if (m_state == State::oldLetters) {
        forgetGone(out);
        return wait(now, out);
    }
    newCame() ? askForNew(now, out) : wait(now, out);  // IDLE is over
}

void ImapClient::renewedInPassing(Instant now) { m_deadline = now + kRenewal; }

}  // namespace mailtrek::mail
