// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/look/kit.h"

#include <QFile>
#include <QPainter>
#include <QSvgRenderer>
#include <cmath>

namespace mailtrek::ui {
namespace {

QString nameOf(NodeState state) {
    switch (state) {
        case NodeState::normal: return QStringLiteral("normal");
        case NodeState::offline: return QStringLiteral("offline");
        case NodeState::crashed: return QStringLiteral("crashed");
    }
    return {};
}

}  // namespace

QIcon programIcon() {
    QIcon icon;
    const Theme theme = themeOf(ThemeKind::light);
    for (const int size : {16, 32, 48, 64, 128}) {
        QPixmap picture(size, size);
        picture.fill(Qt::transparent);
        QPainter p(&picture);
        p.setRenderHint(QPainter::Antialiasing);
        const double u = size / 32.0;
        const QRectF box(2 * u, 6.5 * u, 28 * u, 19 * u);
        p.setPen(QPen(theme[Token::stamp], 2.6 * u, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        p.setBrush(theme[Token::surface]);
        p.drawRoundedRect(box, 2 * u, 2 * u);
        p.drawPolyline(QPolygonF({box.topLeft(), {box.center().x(), box.center().y() + 2.5 * u}, box.topRight()}));
        p.end();
        icon.addPixmap(picture);
    }
    return icon;
}

QString kitName(trace::NodeKind kind) {
    switch (kind) {
        case trace::NodeKind::pc: return QStringLiteral("pc");
        case trace::NodeKind::laptop: return QStringLiteral("laptop");
        case trace::NodeKind::phone: return QStringLiteral("phone");
        case trace::NodeKind::tablet: return QStringLiteral("tablet");
        case trace::NodeKind::printer: return QStringLiteral("printer");
        case trace::NodeKind::mailServer: return QStringLiteral("mail-server");
        case trace::NodeKind::dnsServer: return QStringLiteral("dns-server");
        case trace::NodeKind::router: return QStringLiteral("router");
        case trace::NodeKind::switchNode: return QStringLiteral("switch");
    }
    return {};
}

void Kit::setTheme(const Theme& theme) {
    if (theme.kind == m_theme.kind) return;
    m_theme = theme;
    m_cache.clear();
}

QPixmap Kit::node(trace::NodeKind kind, NodeState state, double grid, double ratio) {
    // The files are drawn in the colours of the light theme; each stands for its token.
    const QHash<QString, QColor> recolour{{"#FFFFFF", m_theme[Token::surface]},
                                          {"#15202B", m_theme[Token::ink]},
                                          {"#D6E2EC", m_theme[Token::screen]},
                                          {"#747D87", m_theme[Token::edge]},
                                          {"#C24A00", m_theme[Token::cross]}};
    return render(QStringLiteral("node-%1-%2").arg(kitName(kind), nameOf(state)), recolour, grid * 80.0 / 64.0, ratio);
}

QPixmap Kit::icon(const QString& name, const QColor& colour, double size, double ratio) { return render(QStringLiteral("icon-") + name, {{"#15202B", colour}}, size, ratio); }

QPixmap Kit::render(const QString& file, const QHash<QString, QColor>& recolour, double size, double ratio) {
    QString key = QStringLiteral("%1/%2/%3").arg(file).arg(size).arg(ratio);
    for (const char* from : {"#15202B"}) key += recolour.value(QString::fromLatin1(from)).name();
    if (const auto known = m_cache.constFind(key); known != m_cache.constEnd()) return *known;

    QFile source(QStringLiteral(":/kit/%1.svg").arg(file));
    if (!source.open(QIODevice::ReadOnly)) return {};
    QByteArray svg = source.readAll();
    // Two passes through placeholders, so that a new colour is never taken for an old one.
    int slot = 0;
    for (auto it = recolour.cbegin(); it != recolour.cend(); ++it) svg.replace(it.key().toLatin1(), "@" + QByteArray::number(slot++) + "@");
    slot = 0;
    for (auto it = recolour.cbegin(); it != recolour.cend(); ++it) svg.replace("@" + QByteArray::number(slot++) + "@", it.value().name().toLatin1());

    QSvgRenderer renderer(svg);
    QPixmap picture(QSize(static_cast<int>(std::ceil(size * ratio)), static_cast<int>(std::ceil(size * ratio))));
    picture.setDevicePixelRatio(ratio);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    renderer.render(&painter, QRectF(0, 0, size, size));
    painter.end();
    m_cache.insert(key, picture);
    return picture;
}

}  // namespace mailtrek::ui
