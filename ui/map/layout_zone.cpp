// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/map/layout_zone.h"

#include <QFontMetricsF>
#include <algorithm>

namespace mailtrek::ui {
namespace {

QFontMetricsF nameMetrics(const Look& look) { return QFontMetricsF(look.font(Type::body, Weight::semibold)); }

void spread(const ZoneRoom& room, const std::vector<std::size_t>& nodes, double from, double to, double y) {
    const double each = (to - from) / static_cast<double>(std::max<std::size_t>(1, nodes.size()));
    for (std::size_t i = 0; i < nodes.size(); ++i) room.put(nodes[i], {from + each * (static_cast<double>(i) + 0.5), y});
}

double longestWord(const Look& look, const QString& text) {
    double longest = 0;
    for (const QString& word : text.split(' ')) longest = std::max(longest, nameMetrics(look).horizontalAdvance(word));
    return longest;
}

// Side by side, each with as much of the width as its name needs in proportion.
void rowByName(const ZoneRoom& room, const std::vector<std::size_t>& nodes, double from, double to, double y) {
    double total = 0;
    const auto need = [&](std::size_t n) { return std::max(room.out.nodes[n].icon, nameMetrics(room.look).horizontalAdvance(room.out.nodes[n].text)) + room.look.px(12); };
    for (const std::size_t n : nodes) total += need(n);
    double x = from;
    for (const std::size_t n : nodes) {
        const double share = (to - from) * need(n) / total;
        room.put(n, {x + share / 2, y});
        room.out.nodes[n].labelSide = LabelSide::above;
        room.out.nodes[n].labelRoom = share - room.look.px(4);
        x += share;
    }
}

// One below the other in `box`, names on the side away from the server.
void column(const ZoneRoom& room, const std::vector<std::size_t>& nodes, const QRectF& box, bool namesLeft) {
    if (nodes.empty()) return;
    const double each = box.height() / static_cast<double>(nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        PlacedNode& n = room.out.nodes[nodes[i]];
        n.icon = std::clamp(each - room.look.px(8), room.look.px(16), std::min(n.icon, room.look.between(48, 72)));
        n.labelSide = namesLeft ? LabelSide::left : LabelSide::right;
        const double x = namesLeft ? box.right() - n.icon * 0.6 : box.left() + n.icon * 0.6;
        room.put(nodes[i], {x, box.top() + each * (static_cast<double>(i) + 0.5)});
        n.labelRoom = box.width() - n.icon * 1.06 - room.look.px(8);
        n.smallPrint = each < room.look.px(56) || longestWord(room.look, n.text) > n.labelRoom;
    }
}

double widestName(const ZoneRoom& room, const std::vector<std::size_t>& nodes) {
    double widest = 0;
    for (const std::size_t d : nodes) widest = std::max(widest, nameMetrics(room.look).horizontalAdvance(room.out.nodes[d].text));
    return widest;
}

bool inColumn(const ZoneMembers& members) { return members.devices.size() > 2; }

}  // namespace

double zoneWidth(const ZoneRoom& room, std::size_t zone) {
    const ZoneMembers& members = room.graph.zones()[zone];
    const Look& look = room.look;
    const double title = QFontMetricsF(look.font(Type::body)).horizontalAdvance(QString::fromStdString(members.domain)) + look.px(12);
    double names = 0;
    if (inColumn(members))
        names = look.px(92) + look.between(56, 84) + std::min(widestName(room, members.devices), look.px(140));
    else
        for (const std::size_t d : members.devices) names += nameMetrics(look).horizontalAdvance(room.out.nodes[d].text) + look.px(16);
    const double servers = look.px(104) * static_cast<double>(members.servers.size());
    return std::min(std::max({look.between(160, 236), title, names, servers}), room.out.area.width() * 0.36);
}

void fillTall(const ZoneRoom& room, std::size_t zone, PlacedZone& placed, bool outerLeft) {
    const ZoneMembers& members = room.graph.zones()[zone];
    const Look& look = room.look;
    const double row = room.out.area.height() * kMainRow;
    const double storesTop = row + look.between(56, 84) / 2 + look.px(68);
    placed.stores = QRectF(placed.box.left() + look.px(8), storesTop, placed.box.width() - look.px(16), std::max(0.0, placed.box.bottom() - look.px(8) - storesTop));
    const double above = placed.titleBox.bottom();
    if (!inColumn(members)) {
        spread(room, members.servers, placed.box.left(), placed.box.right(), row);
        const double name = nameMetrics(look).height();
        const double hub = members.switches.empty() ? 0 : look.px(58);
        const double y = above + name + (row - look.px(40) - hub - above - name) * 0.42;
        rowByName(room, members.devices, placed.box.left(), placed.box.right(), y);
        spread(room, members.switches, placed.box.left(), placed.box.right(), row - look.px(76));
        for (const std::size_t s : members.switches) room.out.nodes[s].labelSide = outerLeft ? LabelSide::left : LabelSide::right;
        return;
    }
    const double inner = look.px(92);
    const QRectF servers(outerLeft ? placed.box.right() - inner : placed.box.left(), above, inner, row - above);
    spread(room, members.servers, servers.left(), servers.right(), row);
    for (const std::size_t s : members.switches) room.put(s, {servers.center().x(), above + look.px(70)});
    const double foot = look.px(70);
    placed.stores.setTop(std::max(storesTop, placed.stores.bottom() - foot));
    const double left = outerLeft ? placed.box.left() + look.px(4) : servers.right();
    const double right = outerLeft ? servers.left() : placed.box.right() - look.px(4);
    column(room, members.devices, QRectF(left, above, right - left, placed.stores.top() - above), outerLeft);
}

void fillShort(const ZoneRoom& room, std::size_t zone, PlacedZone& placed) {
    const ZoneMembers& members = room.graph.zones()[zone];
    const Look& look = room.look;
    const double top = placed.titleBox.bottom(), tall = placed.box.bottom() - look.px(4) - top;
    const double inner = members.devices.empty() ? placed.box.width() : placed.box.width() * 0.36;
    const bool flat = tall < look.px(110);
    for (const auto* list : {&members.servers, &members.switches})
        for (const std::size_t n : *list) {
            room.out.nodes[n].icon = std::min(room.out.nodes[n].icon, tall * (flat ? 0.62 : 0.5));
            room.out.nodes[n].smallPrint = flat;
            room.out.nodes[n].labelSide = LabelSide::below;
        }
    spread(room, members.servers, placed.box.left(), placed.box.left() + inner, top + tall * (flat ? 0.36 : 0.34));
    spread(room, members.switches, placed.box.left(), placed.box.left() + inner, top + tall * 0.8);
    column(room, members.devices, QRectF(placed.box.left() + inner, top, placed.box.width() - inner - look.px(4), tall), false);
}

void fillAlone(const ZoneRoom& room, const std::string& sender, PlacedZone& zone) {
    const ZoneMembers& members = room.graph.zones()[0];
    const Look& look = room.look;
    const double row = room.out.area.height() * kMainRow;
    std::vector<std::size_t> left, right;
    for (const std::size_t d : members.devices) (room.cast.nodes[d].user == sender || (sender.empty() && left.empty()) ? left : right).push_back(d);
    const double third = zone.box.width() / 3, top = zone.titleBox.bottom(), tall = zone.box.bottom() - look.px(8) - top;
    spread(room, members.servers, zone.box.left() + third, zone.box.right() - third, row);
    spread(room, members.switches, zone.box.left() + third, zone.box.right() - third, row - look.px(100));
    // A single machine stands in the row, with its name below; several in a column, names outside.
    const auto side = [&](const std::vector<std::size_t>& nodes, const QRectF& box, bool leftSide) {
        if (nodes.size() == 1) return room.put(nodes[0], {leftSide ? box.center().x() : box.center().x(), row});
        column(room, nodes, box, leftSide);
    };
    side(left, QRectF(zone.box.left() + look.px(12), top, third * 0.8, tall), true);
    side(right, QRectF(zone.box.right() - look.px(12) - third * 0.8, top, third * 0.8, tall), false);
    const double from = row + look.between(56, 84) / 2 + look.px(68);
    zone.stores = QRectF(zone.box.center().x() - look.px(140), from, look.px(280), zone.box.bottom() - look.px(8) - from);
}

}  // namespace mailtrek::ui
