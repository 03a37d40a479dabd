// SPDX-License-Identifier: GPL-3.0-or-later
// Small print of the map: what a link can do and how a machine is addressed (on demand), and which road is the spare one. Each text stands where it covers
// nothing; one that finds no such place is left out, since pointing at the thing tells it, too.
#pragma once

#include "ui/map/scene.h"

namespace mailtrek::ui {

struct Caption {
    QRectF box;
    QString text;
    friend bool operator==(const Caption&, const Caption&) = default;
};

QString rateText(BitRate rate);  // "10 Mbit/s"
// "10 Mbit/s · 10 ms · 5 % lost · queue 3/10": of the direction of `end`.
QString linkNote(const trace::LinkEndView& end, Instant now);
QString shareText(Share share);  // "0.5 %"
QString addressText(wire::Ipv4Address address);

// Fills in the notes of nodes and links as they stand at the moment.
void addNotes(StillScene& scene, const Moment& moment);
std::vector<Caption> placeCaptions(const StillScene& scene, const MapLayout& layout, const Look& look);

}  // namespace mailtrek::ui
