// SPDX-License-Identifier: GPL-3.0-or-later
// A program outside of the simulation that stands in for the mail program of a device: what it does comes as timeline entries, what the server answers is handed out.
// Its connections are simulated ones, with all that the links do to them. How much it takes is part of the run too: of what nobody takes, only kWindow is read from TCP,
// whose window then closes.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "sim/host/application.h"
#include "sim/host/connections.h"
#include "sim/host/outside_dialogue.h"
#include "sim/trace/ids.h"

namespace mailtrek::host {

class Machine;

class OutsideProgram final : public Application, public Confidant {
public:
    static constexpr std::uint64_t kWindow = 256 * 1024;  // octets that are read from TCP ahead of what the program has taken

    OutsideProgram(Machine& machine, std::optional<wire::Ipv4Address> server) : m_machine(machine), m_server(server) {}

    void act(const scenario::Outside& entry);

    // --- for whoever stands between: nothing here changes the run ---
    struct State {
        bool known = false;
        bool heldUp = false;                     // TCP has octets that are not read: took: makes room
        bool peerClosed = false;                 // nothing comes after what take() still gives
        std::optional<trace::CloseReason> over;  // there is no connection any more
        std::uint64_t underWay = 0;              // octets written that the server has not acknowledged
    };
    State state(std::uint32_t connection) const;
    bool anyHeldUp() const;
    // What the server says on connections from this number on is kept until it is taken.
    void keepFrom(std::uint32_t connection) { m_keepsFrom = connection; }
    std::string take(std::uint32_t connection, std::size_t most);

    void onEstablished(SocketId socket) override;
    void onReadable(SocketId socket) override;
    void onPeerClosed(SocketId socket) override;
    void onClosed(SocketId socket, trace::CloseReason reason) override;
    void onStopped() override;

    void clientSaid(ConnectionId connection, std::string_view octets, trace::EventId cause) override;
    void serverSaid(ConnectionId connection, std::string_view octets, trace::EventId cause) override;

private:
    struct Recipient {
        std::string address;
        int refusedWith = 0;
        std::string why;
    };
    struct Talk {
        Talk(std::uint32_t n, scenario::Service asked) : number(n), service(asked), dialogue(asked) {}
        std::uint32_t number;
        SocketId socket;
        ConnectionId connection;
        scenario::Service service;
        OutsideDialogue dialogue;                // what passes on its socket
        std::optional<OutsideDialogue> inner{};  // behind STARTTLS, as the server heard and said it
        OutsideDialogue& spoken() { return inner ? *inner : dialogue; }
        bool established = false, closing = false, peerClosed = false;
        std::deque<Slice> early;  // written before the connection stood
        std::optional<trace::CloseReason> over;
        std::uint64_t delivered = 0, taken = 0;
        std::string outbox;
        // the SMTP transaction under way
        std::string from;
        MailId mail;
        std::vector<Recipient> recipients;
        std::size_t answered = 0;  // of them
    };
    Talk* talkOf(SocketId socket);
    Talk* behindTls(ConnectionId connection);
    void open(const scenario::Outside& entry);
    void write(Talk& talk, const Slice& octets);
    void closeWriting(Talk& talk);
    void end();
    void pump(Talk& talk);
    void note(Talk& talk, const std::string& command);
    void begin(Talk& talk, std::string_view path);
    void hear(Talk& talk, const OutsideHeard& heard);
    void compose(Talk& talk, const std::string& message);
    void refuse(Talk& talk, std::size_t recipient, int code, const std::string& why);
    void drop(Talk& talk);

    Machine& m_machine;
    std::optional<wire::Ipv4Address> m_server;
    std::map<std::uint32_t, std::unique_ptr<Talk>> m_talks;  // by the program's number
    std::uint64_t m_letters = 0;
    std::uint32_t m_keepsFrom = ~std::uint32_t{0};
};

}  // namespace mailtrek::host
