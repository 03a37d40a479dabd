// SPDX-License-Identifier: GPL-3.0-or-later
// mailtrek-tcp-driver: one host's TCP and IPv4 in virtual time, driven by lines on standard input; an answer on standard output for each.
#include <iostream>
#include <string>

#include "app/mailtrek-tcp-driver/driver.h"

int main() {
    std::ios::sync_with_stdio(false);
    mailtrek::driver::Driver driver;
    for (std::string line; std::getline(std::cin, line);) std::cout << driver.hear(line) << std::endl;  // the other side waits for each answer
}
