// SPDX-License-Identifier: GPL-3.0-or-later
// A scenario as a value: everything that a file says (format version 1), with defaults filled in, ranges expanded and names resolved.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/dns/server.h"
#include "sim/dns/zones.h"
#include "sim/kernel/id.h"
#include "sim/kernel/slice.h"
#include "sim/kernel/time.h"
#include "sim/mail/policy_settings.h"
#include "sim/net/icmp.h"
#include "sim/net/link_settings.h"
#include "sim/scenario/expect.h"
#include "sim/scenario/lesson.h"
#include "sim/scenario/outside.h"
#include "sim/scenario/tls.h"
#include "sim/trace/cast.h"
#include "sim/transport/tcp_settings.h"

namespace mailtrek::scenario {

using trace::LocalizedText;
using trace::NodeKind;

struct MailSettings {
    std::vector<Duration> retry{std::chrono::minutes{30}};  // the last one repeats; never empty
    Duration giveUp = std::chrono::hours{5 * 24};
    Duration delayNotice{};  // zero: none
    Bytes maxMessage{25'000'000};
    std::uint32_t hopLimit = 30;
};

struct Mailbox {
    std::string address;         // "luis@sur.example"
    std::optional<Bytes> quota;  // none: no limit
};

struct StaticRoute {
    NodeId to;
    NodeId via;
};

enum class ReadsWith : std::uint8_t { imap, pop3, pop3Delete, webmail };  // pop3 leaves letters on the server
enum class CheckHabit : std::uint8_t {                                    // of a mail program, without its person
    byHand,                                                               // it looks when its person wants to read
    idle,                                                                 // it stays connected, and the server tells (IMAP IDLE)
    every                                                                 // so often
};
struct Checks {
    CheckHabit habit = CheckHabit::byHand;
    Duration interval{};  // of `every`
};
enum class Routing : std::uint8_t { linkState, distanceVector, byHand };
enum class SplitHorizon : std::uint8_t { poisonedReverse, simple, off };
struct RipOptions {  // of `routing: distance-vector`
    SplitHorizon splitHorizon = SplitHorizon::poisonedReverse;
    bool triggeredUpdates = true;
};

// What a name server answers: for all that no other serves; for its own zones only; anything, by asking others.
enum class DnsRole : std::uint8_t { all, authoritative, recursive };

struct Node {
    std::string name;
    NodeKind kind{};
    LocalizedText label;
    std::optional<std::array<double, 2>> position;
    std::optional<wire::Ipv4Address> address;
    transport::TcpSettings tcp;
    net::IcmpMode icmp = net::IcmpMode::on;
    bool drawnByUs = false;  // the `dns` that the file needs and does not draw
    // devices
    std::string user;  // empty: nobody's
    bool online = true;
    bool prints = false;
    ReadsWith readsWith = ReadsWith::imap;
    DeviceTls deviceTls = DeviceTls::ifOffered;
    Checks checks;
    // mail servers
    std::vector<std::string> domains;
    std::vector<Mailbox> mailboxes;
    std::map<std::string, std::vector<std::string>> aliases;  // address, or "*@domain" -> addresses
    std::map<std::string, std::vector<std::string>> lists;
    std::vector<std::string> backupFor;
    std::string listFooter;  // under every letter that its lists send on
    NodeId smarthost;
    bool openRelay = false;
    bool oneShot = false;
    mail::PolicySettings policy;
    StartTls startTls = StartTls::off;
    ServerTls serverTls;
    // name servers
    DnsRole dnsRole = DnsRole::all;
    std::vector<dns::ZoneFact> zones;
    // routers
    Routing routing = Routing::linkState;
    RipOptions rip;
    std::uint32_t wordsSwapped = 0;  // packets that it damages in its memory
    std::vector<StaticRoute> routes;
};

struct Link {
    std::string name;  // given, or "a-b"
    std::array<NodeId, 2> between;
    std::uint32_t mtu = 1500;
    std::uint32_t cost = 1;
    std::array<net::LinkSettings, 2> settings;  // by direction: 0 from the first to the second of `between`
    std::array<std::vector<net::LinkRule>, 2> rules;
    bool tap = false;            // somebody listens
    bool stripStartTls = false;  // and removes STARTTLS from what servers offer
};

struct Attachment {
    std::string name;
    Slice octets;
};

struct NotifyWish {  // NOTIFY of RFC 3461; none of the three: NEVER
    bool success = false, failure = false, delay = false;
};

struct Send {
    std::string id;
    std::string from;
    NodeId on;
    std::vector<std::string> to, cc, bcc;
    std::string subject, text, html;
    std::optional<std::string> envelopeFrom, headerFrom;
    std::optional<NotifyWish> notify;
    std::optional<bool> returnsFull;  // of a notice of failure: the whole letter, or its header; nothing: as the server likes
    std::vector<Attachment> attachments;
};
struct Cut {
    LinkId link;
};
struct Restore {
    LinkId link;
};
struct LinkChange {  // what is set changes; the rest stays
    std::optional<BitRate> rate;
    std::optional<Duration> delay, reorderBy;
    std::optional<std::pair<Duration, bool>> jitter;                       // and whether it reorders
    std::optional<std::pair<Share, std::optional<net::BurstyLoss>>> loss;  // a plain share, or bursts
    std::optional<Share> corrupt, duplicate, reorder;
    std::optional<net::QueueLimit> queue;
};
struct SetLink {
    LinkId link;
    std::array<LinkChange, 2> changes;
    std::optional<std::uint32_t> mtu;
};
struct PolicyChange {  // what is set changes; the rest stays
    std::optional<bool> openRelay;
    std::optional<StartTls> startTls;
    std::optional<Duration> greylist;
    std::optional<mail::CheckMode> spf, dmarc;
    std::optional<bool> dkimSigns, dsn;
    std::optional<bool> smtpUtf8;
    std::optional<std::optional<mail::RateLimit>> rateLimit;
    void applyTo(mail::PolicySettings& policy) const;
};
struct SetNode {
    NodeId node;
    std::optional<std::vector<StaticRoute>> routes;
    PolicyChange policy;
    std::optional<net::IcmpMode> icmp;
    std::vector<Mailbox> quotas;  // new quota of a mailbox; none: no limit from now on
};
struct ConnectionName {  // "norte>sur:25"
    NodeId client;
    NodeId server;
    std::uint16_t port = 0;
};
struct Lose {
    LinkId link;
    std::array<bool, 2> directions{};
    std::optional<ConnectionName> connection;
    std::optional<std::int64_t> dataSegment, mailSegment, packet;
    std::optional<std::uint32_t> transmission;
};
struct Stop {
    NodeId node;
};
struct Start {
    NodeId node;
};
struct Online {
    NodeId node;
    bool online = true;
};
enum class PersonDoes : std::uint8_t { read, remove, empty, print };
struct Person {
    PersonDoes does{};
    NodeId on;
    std::string mail;  // id of a letter; empty: all there is
};
struct Fail {
    NodeId dns;
    dns::FailureMode with{};
    Duration lasts{};
};
struct Probe {  // ping or traceroute
    trace::Program program{};
    NodeId from;
    NodeId to;  // none: `address`
    wire::Ipv4Address address;
    std::uint16_t count = 1;  // of ping: requests; of traceroute: for each hop
    Duration interval{};      // of ping
    Duration timeout = std::chrono::seconds(2);
    std::uint32_t size = 0;     // octets of data
    std::uint8_t maxHops = 30;  // of traceroute

    // With what is usual where a file says nothing.
    static Probe usual(trace::Program program) {
        const bool ping = program == trace::Program::ping;
        Probe probe;
        probe.program = program;
        probe.count = ping ? 4 : 1;
        probe.interval = std::chrono::seconds(1);
        probe.size = ping ? 56 : 32;
        return probe;
    }
};
using Action = std::variant<Send, Cut, Restore, SetLink, SetNode, Lose, Stop, Start, Online, Person, Fail, Probe, Outside>;

struct Entry {
    Instant at;
    std::string kind;  // the key in the file: "send", "cut", ...
    Action action;
};

struct Variant {
    std::string name;
    LocalizedText title;
    bool hasExpect = false;
};

struct Scenario {
    LocalizedText title;
    LocalizedText about;
    std::uint64_t seed = 1;
    Instant until = kStart + std::chrono::hours{30 * 24};
    MailSettings mail;
    std::vector<Node> nodes;      // by NodeId; the `dns` that was not drawn comes last
    std::vector<Link> links;      // by LinkId
    std::vector<Entry> timeline;  // by time; equal times in file order; `repeat:` expanded
    std::vector<Variant> variants;
    Lesson lesson;
    Expect expect;

    NodeId node(std::string_view name) const;  // none when there is no such node
    LinkId link(std::string_view name) const;
};

bool isDevice(NodeKind kind);
// The part behind the last '@', in lower case; empty without one.
std::string domainOf(std::string_view address);
std::string lowered(std::string_view text);  // ASCII only
// Whether the domain (in lower case) is one of the node's own.
bool servesDomain(const Node& node, std::string_view domain);
// The mail servers that take mail for the domain as their own, in file order.
std::vector<NodeId> serversOf(const Scenario& scenario, std::string_view domain);

// What a recording keeps of the scenario to be shown without it.
trace::Cast castOf(const Scenario& scenario);

}  // namespace mailtrek::scenario
