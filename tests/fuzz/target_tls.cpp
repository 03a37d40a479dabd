// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/kernel/time.h"
#include "sim/tls/session.h"
#include "tests/fuzz/fuzz_target.h"

namespace mailtrek::fuzz {
namespace {

using tls::Output;
using tls::Session;

const std::shared_ptr<const tls::Credentials>& credentials() {
    static const auto made =
        tls::Credentials::issue({.names = {"sur.sur.example"}, .notBefore = kSimEpochUnixSeconds - 1000, .notAfter = kSimEpochUnixSeconds + 1000, .selfSigned = false});
    return made;
}
Session client() { return Session::client({"sur.sur.example", true, kSimEpochUnixSeconds}, 1); }
Session server() { return Session::server(credentials(), 2); }

// What both say when nobody disturbs them: its inputs are what a session likes best.
struct Sound {
    std::string hello, answer, finish, record;
    Sound() {
        Session c = client(), s = server();
        hello = c.start().toPeer;
        answer = s.onOctets(hello).toPeer;
        finish = c.onOctets(answer).toPeer;
        s.onOctets(finish);
        record = c.write("EHLO norte.example\r\n").toPeer;
    }
};
const Sound& sound() {
    static const Sound made;
    return made;
}

struct Heard {
    std::string toPeer, plain, failure;
    void add(const Output& out) {
        must(failure.empty() || (out.toPeer.empty() && out.plain.empty() && !out.secured && !out.failure), "after a failure nothing comes");
        std::size_t sum = 0;
        for (const tls::Record& record : out.records) sum += record.size;
        must(sum == out.toPeer.size(), "records make up all that is sent");
        toPeer += out.toPeer;
        plain += out.plain;
        if (out.failure) failure = out.failure->why;
        must(!out.failure || !out.failure->why.empty(), "a failure has a name");
    }
    friend bool operator==(const Heard&, const Heard&) = default;
};

// The octets come after so much of a sound handshake.
template <class Prepare>
Heard heardBy(Prepare&& prepare, std::string_view octets, bool cut) {
    Session session = prepare();
    Heard heard;
    const auto hear = [&](std::string_view piece) { heard.add(session.onOctets(piece)); };
    if (cut)
        inPieces(octets, hear);
    else if (!octets.empty())
        hear(octets.substr(1));
    heard.add(session.onEnd());
    must(!heard.failure.empty() || octets.empty() || session.onOctets("x").toPeer.empty(), "nothing comes of what stands behind the end");
    return heard;
}

void take(std::string_view octets) {
    const auto fresh = [] { return server(); };
    const auto asked = [] {
        Session c = client();
        c.start();
        return c;
    };
    const auto secured = [] {
        Session s = server();
        s.onOctets(sound().hello);
        s.onOctets(sound().finish);
        return s;
    };
    must(heardBy(fresh, octets, true) == heardBy(fresh, octets, false), "how a hello was cut does not matter");
    must(heardBy(asked, octets, true) == heardBy(asked, octets, false), "how an answer was cut does not matter");
    must(heardBy(secured, octets, true) == heardBy(secured, octets, false), "how a record was cut does not matter");
}

}  // namespace

const Target& tlsTarget() {
    static const Target target{
        "tls",
        take,
        {"\x05" + sound().hello, "\x05" + sound().answer, "\x05" + sound().hello + sound().finish, "\x05" + sound().record, "\x40" + sound().record + sound().record,
         "\x05"
         "EHLO norte.example\r\n"},
        {"\x16\x03\x01", std::string("\x17\x03\x03\x00\x20", 5), std::string("\x15\x03\x03\x00\x02\x01\x00", 7), std::string("\x14\x03\x03\x00\x01\x01", 6), "\xff\xff",
         std::string(2, '\0'), std::string(300, 'a')},
        400};
    return target;
}

}  // namespace mailtrek::fuzz
