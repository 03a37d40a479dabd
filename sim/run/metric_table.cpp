// SPDX-License-Identifier: GPL-3.0-or-later
// The one list of metrics: name, unit, what it may be narrowed by, and its meaning in both languages.
#include <cassert>

#include "sim/run/metrics.h"

namespace mailtrek::run {

namespace {

constexpr std::uint8_t kTcp = kByNode | kByConnection | kByMail;
constexpr std::uint8_t kPacket = kByNode | kByLink | kByConnection | kByMail;
constexpr std::uint8_t kPlace = kByNode | kByMail;
constexpr auto count = MetricUnit::count;
constexpr auto bytes = MetricUnit::bytes;
using enum Metric;

constexpr MetricInfo kTable[] = {
    {tcpConnections, "tcp.connections", count, kTcp, "TCP connections established", "conexiones TCP establecidas"},
    {tcpSegments, "tcp.segments", count, kTcp, "segments sent, retransmissions included", "segmentos enviados, con las retransmisiones"},
    {tcpDataSegments, "tcp.data-segments", count, kTcp, "segments sent with payload, retransmissions included", "segmentos enviados con datos, con las retransmisiones"},
    {tcpRetransmits, "tcp.retransmits", count, kTcp, "segments with SYN, FIN or payload that were sent again", "segmentos con SYN, FIN o datos enviados otra vez"},
    {tcpFastRetransmits, "tcp.fast-retransmits", count, kTcp, "retransmissions that no RTO expiry brought about", "retransmisiones sin que venza el RTO"},
    {tcpTimeouts, "tcp.timeouts", count, kTcp, "expiries of the retransmission timer (RTO)", "vencimientos del temporizador de retransmisión (RTO)"},
    {tcpDuplicateAcks, "tcp.duplicate-acks", count, kTcp, "duplicate ACKs received", "ACK duplicados recibidos"},
    {tcpChecksumErrors, "tcp.checksum-errors", count, kPacket, "segments discarded for their TCP checksum", "segmentos descartados por su suma de control TCP"},
    {tcpResets, "tcp.resets", count, kTcp, "segments sent with RST", "segmentos enviados con RST"},
    {tcpBytesDelivered, "tcp.bytes-delivered", bytes, kTcp, "octets that arrived in order", "octetos que llegaron en orden"},
    {ipPackets, "ip.packets", count, kPacket, "packets sent by their origin", "paquetes enviados por su origen"},
    {ipHops, "ip.hops", count, kPacket, "link traversals that reached the other end intact", "enlaces atravesados hasta llegar intactos al otro extremo"},
    {ipTtlExpired, "ip.ttl-expired", count, kPacket, "packets discarded because their TTL reached 0", "paquetes descartados al llegar su TTL a 0"},
    {ipFragments, "ip.fragments", count, kPacket, "fragments made by routers and hosts", "fragmentos hechos por routers y equipos"},
    {ipUnreachable, "ip.unreachable", count, kPacket, "packets discarded for want of a route", "paquetes descartados por falta de ruta"},
    {icmpTimeExceeded, "icmp.time-exceeded", count, kPacket, "ICMP messages \"time exceeded\" sent", "mensajes ICMP «tiempo excedido» enviados"},
    {linkPackets, "link.packets", count, kPacket, "packets that links took on, at every hop", "paquetes que los enlaces admitieron, en cada salto"},
    {linkDrops, "link.drops", count, kPacket, "packets lost on links, for any reason", "paquetes perdidos en los enlaces, por cualquier razón"},
    {linkQueueDrops, "link.queue-drops", count, kPacket, "packets that a queue refused because it was full, or dropped early (RED, CoDel)",
     "paquetes que una cola rechazó por estar llena o descartó antes (RED, CoDel)"},
    {linkLossDrops, "link.loss-drops", count, kPacket, "packets lost to noise, or as a rule or the timeline said",
     "paquetes perdidos por el ruido, una regla o la línea de tiempo"},
    {linkDownDrops, "link.down-drops", count, kPacket, "packets lost to a cut link or a stopped node", "paquetes perdidos por un enlace cortado o un nodo parado"},
    {linkCorrupted, "link.corrupted", count, kPacket, "packets of which a link flipped a bit", "paquetes a los que un enlace cambió un bit"},
    {linkBytes, "link.bytes", bytes, kPacket, "octets that links took on, IP headers included", "octetos que los enlaces admitieron, con las cabeceras IP"},
    {routingUpdates, "routing.updates", count, kByNode, "messages with routes or advertisements sent by routers (hellos do not count)",
     "mensajes con rutas o anuncios enviados por routers (los saludos no cuentan)"},
    {routingChanges, "routing.changes", count, kByNode, "routes that changed after the start", "rutas que cambiaron después del comienzo"},
    {dnsQueries, "dns.queries", count, kPlace, "DNS questions sent, repeats included", "preguntas DNS enviadas, con las repetidas"},
    {dnsMxQueries, "dns.mx-queries", count, kPlace, "MX questions of mail servers, without repeats", "preguntas MX de los servidores de correo, sin las repetidas"},
    {dnsFailures, "dns.failures", count, kPlace, "DNS questions answered with an error, or never", "preguntas DNS con error por respuesta, o sin ella"},
    {smtpConnections, "smtp.connections", count, kTcp, "connections established to port 25", "conexiones establecidas con el puerto 25"},
    {smtpSubmissions, "smtp.submissions", count, kTcp, "connections established by devices to port 587 or 465", "conexiones establecidas por dispositivos con el puerto 587 o 465"},
    {smtpCommands, "smtp.commands", count, kTcp, "SMTP commands sent, submission included", "órdenes SMTP enviadas, con las de los dispositivos"},
    {smtpReplies4xx, "smtp.replies-4xx", count, kTcp, "SMTP replies \"not now\"", "respuestas SMTP «ahora no»"},
    {smtpReplies5xx, "smtp.replies-5xx", count, kTcp, "SMTP replies \"no\"", "respuestas SMTP «no»"},
    {smtpDataTransfers, "smtp.data-transfers", count, kTcp, "354 replies on port 25: contents sent between servers",
     "respuestas 354 en el puerto 25: contenidos enviados entre servidores"},
    {mailSent, "mail.sent", count, kPlace, "letters that people sent", "cartas que enviaron las personas"},
    {mailStored, "mail.stored", count, kPlace, "copies stored in mailboxes, notices included", "copias guardadas en buzones, con los avisos"},
    {mailBounced, "mail.bounced", count, kPlace, "recipients for whom a notice of failure was issued", "destinatarios por los que se emitió un aviso de fallo"},
    {mailQueued, "mail.queued", count, kPlace, "recipients still in a queue at the end", "destinatarios que siguen en una cola al final"},
    {mailRead, "mail.read", count, kPlace, "readings by a person", "lecturas por una persona"},
    {mailRetries, "mail.retries", count, kPlace, "attempts after the first", "intentos después del primero"},
    {mailNotices, "mail.notices", count, kPlace, "notices issued, of any kind", "avisos emitidos, de cualquier tipo"},
    {mailPrinted, "mail.printed", count, kPlace, "letters printed", "cartas impresas"},
    {simEvents, "sim.events", count, 0, "events of the run", "sucesos de la simulación"},
    {simEndTime, "sim.end-time", MetricUnit::seconds, 0, "simulated time of the last event", "tiempo simulado del último suceso"},
};

constexpr bool inOrder() {
    for (std::size_t i = 0; i < std::size(kTable); ++i) {
        if (static_cast<std::size_t>(kTable[i].metric) != i) return false;
    }
    return true;
}
static_assert(std::size(kTable) == kMetrics && inOrder(), "one line per metric, in order");

}  // namespace

std::string_view name(MetricUnit unit) {
    switch (unit) {
        case MetricUnit::count: return "count";
        case MetricUnit::bytes: return "B";
        case MetricUnit::seconds: return "s";
    }
    assert(false);
    return "";
}

std::span<const MetricInfo> metricTable() { return kTable; }

const MetricInfo& info(Metric metric) { return kTable[static_cast<std::size_t>(metric)]; }

const MetricInfo* findMetric(std::string_view name) {
    for (const MetricInfo& line : kTable) {
        if (line.name == name) return &line;
    }
    return nullptr;
}

}  // namespace mailtrek::run
