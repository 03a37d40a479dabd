// SPDX-License-Identifier: GPL-3.0-or-later
// Random trees of zones, with delegations, aliases across zones, servers that fail or are lame and name servers without glue: the resolver gives what walking the zones by
// hand gives, or SERVFAIL; SERVFAIL only where some server on the way is at fault; and it always ends.
#include <set>

#include "sim/kernel/dice.h"
#include "tests/dns/name_world.h"

namespace mailtrek::dns {
namespace {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : m_state(seed) {}
    std::uint64_t roll(std::uint64_t bound) { return below(m_state = mix(m_state + 0x9e3779b97f4a7c15ull), bound); }
    bool oneIn(std::uint64_t n) { return roll(n) == 0; }

private:
    std::uint64_t m_state;
};

// One zone as it is meant, apart from who serves it.
struct Truth {
    std::vector<ResourceRecord> records;
    std::set<Name> names;  // that exist in it
    bool healthy = true;   // every server is there, serves it and has glue
};

struct Forest {
    std::map<Name, Truth> zones;
    std::vector<Name> askable;

    const Name& zoneOver(const Name& name) const {
        for (Name at = name;; at = at.parent())
            if (const auto it = zones.find(at); it != zones.end()) return it->first;
    }
};

struct Expected {
    AnswerKind kind{};
    std::multiset<std::string> data;
    bool healthy = true;
};

// RFC 1034 4.3.2 with pencil and paper.
Expected walk(const Forest& forest, Name name, Type type) {
    Expected result;
    std::set<Name> seen;
    for (int aliases = 0;; ++aliases) {
        for (Name at = forest.zoneOver(name);; at = forest.zoneOver(at.parent())) {
            result.healthy &= forest.zones.at(at).healthy;
            if (at.isRoot()) break;
        }
        const Truth& zone = forest.zones.at(forest.zoneOver(name));
        std::optional<Name> alias;
        for (const ResourceRecord& record : zone.records) {
            if (record.name != name) continue;
            if (record.type == type) result.data.insert(dataText(record));
            if (const auto* cname = std::get_if<CnameRecord>(&record.data)) alias = cname->target;
        }
        if (!result.data.empty()) return result.kind = AnswerKind::records, result;
        if (!alias) {
            result.kind = zone.names.contains(name) ? AnswerKind::noData : AnswerKind::noSuchName;
            return result;
        }
        if (!seen.insert(name).second || aliases >= 16 || seen.contains(*alias)) return result.kind = AnswerKind::aliasLoop, result;
        name = *alias;
    }
}

// "d2.c1.b0": up to `depth` levels below the root, a zone at most of them.
class Grower {
public:
    explicit Grower(std::uint64_t seed) : m_dice(seed) {}

    Forest forest;
    struct Place {
        Name zone;
        wire::Ipv4Address address;
        FailureMode mode = FailureMode::none;
        bool lame = false;
    };
    std::vector<Place> places;

    void grow() {
        addZone(Name{}, 0);
        for (int i = 0; i < 6; ++i) addAlias();
        settleNames();
    }

    NameWorld& plant(NameWorld& world) {
        for (const Place& place : places) {
            std::vector<Zone> zones;
            if (place.lame)
                zones.push_back(zoneOf("elsewhere.test", {}));
            else
                zones.push_back(zoneOf(place.zone.text(), forest.zones.at(place.zone).records));
            world.serve(place.address, std::move(zones)).fail(place.mode, at(1e6));
        }
        return world;
    }

private:
    void addZone(const Name& zone, int depth) {
        Truth& truth = forest.zones[zone];
        m_zones.push_back(zone);
        const auto hosts = 1 + m_dice.roll(3);
        for (std::uint64_t i = 0; i < hosts; ++i) {
            const Name host = *Name::of("h" + std::to_string(i)).under(zone);
            truth.records.push_back(makeRecord(host, 300, ARecord{nextAddress()}));
            forest.askable.push_back(host);
        }
        if (!zone.isRoot()) truth.records.push_back(makeRecord(zone, 300, MxRecord{10, *Name::of("h0").under(zone)}));
        if (!zone.isRoot()) forest.askable.push_back(zone);
        forest.askable.push_back(*Name::of("nobody").under(zone));
        addServers(zone);
        if (depth == 3) return;
        const auto children = depth == 0 ? 2 + m_dice.roll(2) : m_dice.roll(3);
        for (std::uint64_t i = 0; i < children; ++i) {
            const std::string label(1, static_cast<char>('a' + depth));
            addZone(*Name::of(label + std::to_string(i)).under(zone), depth + 1);
        }
    }

    void addServers(const Name& zone) {
        const auto count = zone.isRoot() ? 1 : 1 + m_dice.roll(3);
        Name parent;
        if (!zone.isRoot()) parent = forest.zoneOver(zone.parent());
        for (std::uint64_t i = 0; i < count; ++i) {
            Place place{zone, nextAddress(), FailureMode::none, false};
            const bool glueless = !zone.isRoot() && m_dice.oneIn(6);
            // A name server whose name lies in some zone that is there already: its address has to be looked up.
            const Name home = glueless ? m_zones[m_dice.roll(m_zones.size())] : zone;
            const Name host = *Name::of("ns" + std::to_string(m_servers++)).under(home);
            const ResourceRecord ns = makeRecord(zone, 300, NsRecord{host}), a = makeRecord(host, 300, ARecord{place.address});
            forest.zones[zone].records.push_back(ns);
            forest.zones[home].records.push_back(a);
            if (!zone.isRoot()) {
                forest.zones[parent].records.push_back(ns);
                if (!glueless) m_glue[parent].push_back(a);
            }
            if (!zone.isRoot() && m_dice.oneIn(5)) {
                place.lame = m_dice.oneIn(3);
                if (!place.lame) place.mode = m_dice.oneIn(2) ? FailureMode::servfail : FailureMode::silence;
            } else if (m_dice.oneIn(8)) {
                place.mode = FailureMode::truncate;  // does its part, over TCP
            }
            const bool atFault = place.lame || place.mode == FailureMode::servfail || place.mode == FailureMode::silence;
            if (atFault || glueless) forest.zones[zone].healthy = false;
            places.push_back(place);
        }
    }

    void addAlias() {
        const Name owner = *Name::of("alias" + std::to_string(m_aliases++)).under(m_zones[m_dice.roll(m_zones.size())]);
        Name target = forest.askable[m_dice.roll(forest.askable.size())];
        forest.zones[forest.zoneOver(owner)].records.push_back(makeRecord(owner, 300, CnameRecord{target}));
        forest.askable.push_back(owner);
        if (m_dice.oneIn(3)) {  // a circle
            const Name back = *Name::of("back" + std::to_string(m_aliases)).under(m_zones[m_dice.roll(m_zones.size())]);
            forest.zones[forest.zoneOver(back)].records.push_back(makeRecord(back, 300, CnameRecord{*Name::of("forth").under(back)}));
            forest.zones[forest.zoneOver(back)].records.push_back(makeRecord(*Name::of("forth").under(back), 300, CnameRecord{back}));
            forest.askable.push_back(back);
        }
    }

    void settleNames() {
        for (auto& [zone, truth] : forest.zones) {
            for (const ResourceRecord& record : truth.records)
                for (Name at = record.name; at != zone; at = at.parent()) truth.names.insert(at);
            truth.names.insert(zone);
            truth.records.insert(truth.records.end(), m_glue[zone].begin(), m_glue[zone].end());
        }
    }

    wire::Ipv4Address nextAddress() { return {0x0a000001u + m_addresses++}; }

    Dice m_dice;
    std::vector<Name> m_zones;
    std::map<Name, std::vector<ResourceRecord>> m_glue;  // by the zone above
    std::uint32_t m_addresses = 0;
    int m_servers = 0, m_aliases = 0;
};

TEST(RecursiveProperty, GivesWhatWalkingTheZonesGivesOrServfailAndAlwaysEnds) {
    int right = 0, failed = 0, loops = 0, noSuch = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        Grower grower(seed);
        grower.grow();
        const Grower::Place& root = grower.places.front();
        NameWorld world({{.zone = Name{}, .servers = {Name::of("root")}, .addresses = {{Name::of("root"), {root.address}}}}});
        grower.plant(world);
        for (const Name& name : grower.forest.askable) {
            for (const Type type : {Type::a, Type::mx}) {
                const Expected expected = walk(grower.forest, name, type);
                const Instant began = world.now;
                const Answer answer = world.ask(name.text(), type);
                const std::string what = "seed " + std::to_string(seed) + ": " + name.text() + " " + typeName(type);
                ASSERT_EQ(world.answers.size(), 1u) << what;
                ASSERT_LE(world.now - began, Duration(std::chrono::seconds{30})) << what;
                ASSERT_EQ(world.resolver.underWay(), 0u) << what;
                if (answer.kind == AnswerKind::serverFailure) {
                    ++failed;
                    ASSERT_FALSE(expected.healthy) << what << ": no server on the way is at fault";
                    continue;
                }
                std::multiset<std::string> data;
                for (const ResourceRecord& record : answer.records) data.insert(dataText(record));
                ASSERT_EQ(answer.kind, expected.kind) << what;
                ASSERT_EQ(data, expected.data) << what;
                ++right;
                loops += answer.kind == AnswerKind::aliasLoop;
                noSuch += answer.kind == AnswerKind::noSuchName;
            }
            world.now += std::chrono::seconds{40};  // some of what is known runs out on the way
        }
    }
    // The forests hold enough of each kind to mean something.
    EXPECT_GT(right, 5000);
    EXPECT_GT(failed, 500);
    EXPECT_GT(loops, 50);
    EXPECT_GT(noSuch, 500);
}

}  // namespace
}  // namespace mailtrek::dns
