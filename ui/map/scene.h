// SPDX-License-Identifier: GPL-3.0-or-later
// What the map shows at one cursor, as a value: a pure function of recording, folded view, place in time, and layout. The painter only
// draws it.
#pragma once

#include <optional>
#include <vector>

#include "sim/trace/view.h"
#include "ui/look/kit.h"
#include "ui/map/layout.h"
#include "ui/map/traffic.h"

namespace mailtrek::ui {

enum class LinkState : std::uint8_t { normal, spare, cut };
enum class Role : std::uint8_t { none, client, server };

struct ShownNode {
    NodeState state = NodeState::normal;
    Role role = Role::none;
    friend bool operator==(const ShownNode&, const ShownNode&) = default;
};

struct ShownLink {
    LinkState state = LinkState::normal;
    bool lossy = false;
    bool tapped = false;  // somebody listens
    friend bool operator==(const ShownLink&, const ShownLink&) = default;
};

struct ShownMailbox {
    QString address;
    QString owner;  // local part
    int letters = 0;
    int unread = 0;
    double filled = 0;  // of the quota; 0 without one
    bool hasQuota = false;
    friend bool operator==(const ShownMailbox&, const ShownMailbox&) = default;
};

struct ShownStores {  // of one zone
    std::optional<int> queued;
    std::vector<ShownMailbox> mailboxes;
    friend bool operator==(const ShownStores&, const ShownStores&) = default;
};

// What stands still: redrawn only when it differs from what was drawn last.
struct StillScene {
    std::vector<ShownNode> nodes;
    std::vector<ShownLink> links;
    std::vector<ShownStores> stores;            // by zone
    std::vector<QString> nodeNotes, linkNotes;  // small print on demand; empty: none
    std::optional<std::size_t> active;
    std::optional<std::size_t> selected;
    friend bool operator==(const StillScene&, const StillScene&) = default;
};

struct ShownPacket {
    QPointF at;
    Glyph glyph;
    PacketId packet;  // the first of those it stands for
    trace::LinkEnd via;
    bool followed = false;  // serves the letter that the class follows, where there are several
    double opacity = 1;     // fading in and out at the rim of a node
};

struct ShownQueue {
    QRectF bar;
    trace::LinkEnd via;
    int filled = 0;
    int capacity = 0;
};

struct ShownFall {
    QPointF cross;
    QPointF rest;
    Glyph glyph;
    trace::DropReason reason{};
    trace::EventId event;
    PacketId packet;
    int count = 1;  // others that fell at the same place
};

struct MovingScene {
    std::vector<ShownPacket> packets;
    std::vector<QLineF> arrows;  // reduced motion: where packets go, without their going there
    std::vector<ShownQueue> queues;
    std::vector<ShownFall> falls;
    PacketId chosen;
};

struct Moment {
    const trace::Recording& recording;
    const trace::View& view;
    const Traffic& traffic;
    Instant now;                          // between events, too
    std::optional<trace::EventId> focus;  // the last visible event
    std::uint64_t oldestFall = 0;         // falls that nothing repairs lie for two beats: from this event on
    Level level = Level::tcp;
    MailId followed;      // where there are several letters: the one whose packets are tinted
    bool moving = false;  // the film runs
    PacketId chosen;      // marked where it is shown
};

// Which links the roads between machines use, by the tables of the view. Worked out anew only when a table has changed.
class RoadsInUse {
public:
    const std::vector<bool>& at(const Moment& moment);

private:
    const trace::Recording* m_recording = nullptr;
    std::vector<std::shared_ptr<const trace::NodeView>> m_nodes;  // for which m_used holds
    std::vector<bool> m_used;
};

StillScene stillScene(const Moment& moment, const MapLayout& layout, RoadsInUse& roads);
StillScene stillScene(const Moment& moment, const MapLayout& layout);
MovingScene movingScene(const Moment& moment, const MapLayout& layout, const Look& look);

// The connection that an event belongs to, or none.
ConnectionId connectionOf(const trace::Event& event);
// Links on the way from one node to another by the forwarding tables of the view, in order; empty when it leads nowhere.
std::vector<trace::LinkEnd> wayOf(const trace::Recording& recording, const trace::View& view, NodeId from, NodeId to);

double glyphHeight(const Look& look);

}  // namespace mailtrek::ui
