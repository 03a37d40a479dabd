// SPDX-License-Identifier: GPL-3.0-or-later
// The sockets of `serve`: listens on 127.0.0.1 and nowhere else, and carries octets between real connections and simulated ones, both ways, with half-close, reset and
// flow control: what one side does not take is not read from the other. One thread, poll(2); at most kMost connections, each with buffers of bounded size.
#pragma once

#include <poll.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/mailtrek-cli/serve_run.h"

namespace mailtrek::cli {

inline constexpr std::array kServices{scenario::Service::smtp, scenario::Service::submission, scenario::Service::pop3, scenario::Service::imap};

// A file descriptor that is closed once.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : m_number(number) {}
    ~Descriptor();
    Descriptor(Descriptor&& other) noexcept : m_number(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    int number() const { return m_number; }
    int release();

private:
    int m_number = -1;
};

struct Listener {
    Descriptor socket;
    std::uint16_t port = 0;  // which it got
};
// On 127.0.0.1; port 0: any that is free. The errno of what went wrong otherwise.
Result<Listener, int> listenAt(std::uint16_t port);

class Door {
public:
    static constexpr std::size_t kMost = 16;

    struct Reports {  // of what happens, to tell the user
        std::function<void(std::uint32_t connection, scenario::Service service, std::uint16_t port)> entered;
        std::function<void(std::uint32_t connection, trace::CloseReason reason)> left;
        std::function<void()> full;
    };
    Door(std::array<Listener, 4> listeners, ServedRun& run, Reports reports) : m_listeners(std::move(listeners)), m_run(run), m_reports(std::move(reports)) {}

    // Waits for the sockets, `extra` among them, at most so long; then takes what has come and hands out what there is.
    void turn(std::chrono::milliseconds most, int extra);
    // Hands out what servers have said. True: something moved.
    bool handOut();

private:
    struct Visitor {
        Descriptor socket;
        std::uint32_t number = 0;
        std::string out;          // said by the server, not yet taken by the program
        std::uint64_t taken = 0;  // by the program, since the run was told
        bool ended = false;       // the program will say no more
        bool shut = false;        // and has been told that the server will not
        bool gone = false;
    };
    static constexpr std::size_t kPiece = 32 * 1024, kOut = 64 * 1024;
    static constexpr std::uint64_t kAhead = 256 * 1024;  // octets said and not yet acknowledged by the simulated server

    bool reads(const Visitor& visitor) const;
    void admit(std::size_t listener);
    void hear(Visitor& visitor);
    bool serve(Visitor& visitor);
    void broken(Visitor& visitor);
    void finish(Visitor& visitor, trace::CloseReason reason);

    std::array<Listener, 4> m_listeners;
    ServedRun& m_run;
    Reports m_reports;
    std::vector<std::unique_ptr<Visitor>> m_visitors;
};

}  // namespace mailtrek::cli
