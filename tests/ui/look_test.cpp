// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QFile>
#include <QFontDatabase>

#include "ui/look/glyph.h"
#include "ui/look/kit.h"
#include "ui/look/look.h"
#include "ui/look/system_motion.h"

namespace mailtrek::ui {
namespace {

TEST(Fonts, TheOnesTheDesignNamesArePresent) {
    EXPECT_TRUE(QFontDatabase::families().contains(kTextFamily)) << "install fonts-inter";
    EXPECT_TRUE(QFontDatabase::families().contains(kByteFamily)) << "install fonts-dejavu-core";
    EXPECT_EQ(QFontInfo(Look{}.font(Type::narration)).family(), kTextFamily);
}

TEST(Themes, TextIsReadableOnEveryGround) {
    for (int k = 0; k < kThemes; ++k) {
        const Theme theme = themeOf(static_cast<ThemeKind>(k));
        for (const Token ground : {Token::paper, Token::surface, Token::zone, Token::soft})
            for (const Token text : {Token::ink, Token::ink2, Token::bad, Token::good, Token::stamp})
                EXPECT_GE(contrast(theme[text], theme[ground]), 4.5)
                    << nameOf(theme.kind).toStdString() << " token " << static_cast<int>(text) << " on " << static_cast<int>(ground);
        EXPECT_GE(contrast(theme[Token::onAccent], theme[Token::accent]), 4.5);
    }
}

TEST(Themes, BlackStandsOnEveryPacketColour) {
    for (int f = 0; f < kFamilies; ++f) EXPECT_GE(contrast(Qt::black, familyColour(static_cast<Family>(f))), 5.0);
}

TEST(Themes, NamesAreUnderstoodBothWays) {
    for (int k = 0; k < kThemes; ++k) EXPECT_EQ(themeNamed(nameOf(static_cast<ThemeKind>(k))), static_cast<ThemeKind>(k));
    EXPECT_FALSE(themeNamed("purple").has_value());
}

TEST(Sizes, AreThoseOfTheTableAtBothSizes) {
    Look look;
    look.scale = scaleFor({1280, 720}, false);
    EXPECT_DOUBLE_EQ(look.textPx(Type::narration), 29);
    EXPECT_DOUBLE_EQ(look.textPx(Type::body), 21);
    look.scale = scaleFor({1920, 1080}, false);
    EXPECT_DOUBLE_EQ(look.textPx(Type::narration), 44);
    EXPECT_DOUBLE_EQ(look.textPx(Type::body), 32);
    EXPECT_DOUBLE_EQ(scaleFor({1280, 1080}, false), 1.0) << "the shorter of the two decides";
    EXPECT_GT(scaleFor({1280, 720}, true), 1.0) << "the presenter sees more";
}

TEST(Motion, TheFilesOfTheDesktopAreUnderstood) {
    EXPECT_TRUE(gtkStopsMotion("[Settings]\ngtk-theme-name=x\ngtk-enable-animations=0\n"));
    EXPECT_TRUE(gtkStopsMotion("gtk-enable-animations = false"));
    EXPECT_FALSE(gtkStopsMotion("gtk-enable-animations=1\n"));
    EXPECT_FALSE(gtkStopsMotion(""));
    EXPECT_TRUE(kdeStopsMotion("[KDE]\nAnimationDurationFactor=0\n"));
    EXPECT_FALSE(kdeStopsMotion("[KDE]\nAnimationDurationFactor=0.5\n"));
    EXPECT_FALSE(kdeStopsMotion("#AnimationDurationFactor\n"));
}

TEST(Kit, EveryKindAndStateHasItsDrawing) {
    Kit kit(themeOf(ThemeKind::light));
    for (int k = 0; k <= static_cast<int>(trace::NodeKind::switchNode); ++k)
        for (const NodeState state : {NodeState::normal, NodeState::offline, NodeState::crashed}) {
            const QImage image = kit.node(static_cast<trace::NodeKind>(k), state, 56, 1).toImage();
            int painted = 0;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x) painted += qAlpha(image.pixel(x, y)) > 0 ? 1 : 0;
            EXPECT_GT(painted, 200) << "kind " << k;
        }
}

TEST(Kit, FollowsTheTheme) {
    Kit kit(themeOf(ThemeKind::light));
    const QImage light = kit.node(trace::NodeKind::pc, NodeState::normal, 56, 1).toImage();
    kit.setTheme(themeOf(ThemeKind::dark));
    EXPECT_NE(light, kit.node(trace::NodeKind::pc, NodeState::normal, 56, 1).toImage());
}

TEST(Glyphs, KindsDifferInShapeNotOnlyInColour) {
    const Look look;
    const auto silhouette = [&](GlyphKind kind) {
        QImage image(80, 80, QImage::Format_ARGB32);
        image.fill(Qt::transparent);
        QPainter painter(&image);
        paintGlyph(painter, {40, 40}, {kind, " ", 1}, look, 28);
        painter.end();
        return image.createAlphaMask();
    };
    const std::vector<GlyphKind> kinds{GlyphKind::data,     GlyphKind::ack,  GlyphKind::resent, GlyphKind::syn,   GlyphKind::fin, GlyphKind::rst,
                                       GlyphKind::dnsQuery, GlyphKind::line, GlyphKind::icmp,   GlyphKind::route, GlyphKind::arp};
    for (std::size_t i = 0; i < kinds.size(); ++i)
        for (std::size_t j = i + 1; j < kinds.size(); ++j) EXPECT_NE(silhouette(kinds[i]), silhouette(kinds[j])) << i << " and " << j;
}

TEST(Glyphs, GrowWithTheirText) {
    const Look look;
    EXPECT_GT(glyphSize({GlyphKind::data, "12345", 1}, look, 28).width(), glyphSize({GlyphKind::data, "1", 1}, look, 28).width());
    EXPECT_EQ(shownText({GlyphKind::data, "7", 3}), "3×");
    EXPECT_EQ(shownText({GlyphKind::ack, "", 1}), "A");
}

}  // namespace
}  // namespace mailtrek::ui
