// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/web/pages.h"

#include <fmt/format.h>

#include "sim/web/html.h"

namespace mailtrek::web {
namespace {

std::string hidden(std::string_view name, std::string_view value) { return fmt::format("<input type=\"hidden\" name=\"{}\" value=\"{}\">", name, escaped(value)); }

std::string button(std::string_view action, std::string_view csrf, std::string_view word, std::string_view more = "") {
    return fmt::format("<form method=\"post\" action=\"{}\">{}{}<button>{}</button></form>", action, hidden("csrf", csrf), more, word);
}

std::string said(std::string_view text) { return text.empty() ? std::string{} : fmt::format("<p role=\"alert\">{}</p>\n", escaped(text)); }

std::string top(const std::string& account, const std::string& csrf) {
    return fmt::format("<p>{} · <a href=\"/mail\">Inbox</a> · <a href=\"/compose\">Write</a> · {}</p>\n", escaped(account), button("/logout", csrf, "Log out"));
}

std::string shown(std::string_view text, std::string_view instead) { return escaped(text.empty() ? instead : text); }

std::string row(const ListRow& row, const std::string& csrf) {
    return fmt::format("<tr{}><td>{}</td><td><a href=\"/mail/{}\" data-message-id=\"{}\">{}</a></td><td>{}</td><td>{}</td></tr>\n", row.unread ? " class=\"unread\"" : "",
                       shown(row.head.from, "(nobody)"), row.uid, escaped(row.head.messageId), shown(row.head.subject, "(no subject)"), escaped(row.head.date),
                       button(fmt::format("/mail/{}/delete", row.uid), csrf, "Delete"));
}

std::string entry(std::string_view name, const std::string& value) { return value.empty() ? std::string{} : fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, escaped(value)); }

std::string field(std::string_view name, std::string_view label, const std::string& value) {
    return fmt::format("<label>{} <input name=\"{}\" value=\"{}\"></label>\n", label, name, escaped(value));
}

}  // namespace

std::string html(const LoginPage& page) {
    return document("Webmail of " + page.host,
                    fmt::format("<h1>Webmail of {}</h1>\n{}<form method=\"post\" action=\"/login\">{}\n<label>Address <input name=\"user\" autocomplete=\"username\"></label>\n"
                                "<label>Password <input name=\"password\" type=\"password\" autocomplete=\"current-password\"></label>\n<button>Log in</button></form>\n",
                                escaped(page.host), said(page.complaint), hidden("csrf", page.csrf)));
}

std::string html(const ListPage& page) {
    std::string body = top(page.account, page.csrf) + said(page.notice) + fmt::format("<h1>Inbox</h1>\n<p>{} letters, {} unread</p>\n", page.letters, page.unread);
    if (!page.rows.empty()) {
        body += "<table>\n<thead><tr><th>From</th><th>Subject</th><th>Date</th><th>Delete</th></tr></thead>\n<tbody>\n";
        for (const ListRow& one : page.rows) body += row(one, page.csrf);
        body += "</tbody>\n</table>\n";
    }
    if (page.page > 1) body += fmt::format("<p><a rel=\"prev\" href=\"/mail?page={}\">Newer</a></p>\n", page.page - 1);
    if (page.more) body += fmt::format("<p><a rel=\"next\" href=\"/mail?page={}\">Older</a></p>\n", page.page + 1);
    if (page.letters > 0) body += button("/mail/delete-all", page.csrf, "Delete all", hidden("newest", fmt::format("{}", page.newest))) + "\n";
    return document("Inbox of " + page.account, body);
}

std::string html(const LetterPage& page) {
    const Letter& letter = page.letter;
    std::string body = top(page.account, page.csrf) + fmt::format("<h1>{}</h1>\n", shown(letter.subject, "(no subject)"));
    const std::string header = entry("From", letter.from) + entry("To", letter.to) + entry("Cc", letter.cc) + entry("Date", letter.date) + entry("Message-ID", letter.messageId);
    if (!header.empty()) body += "<dl>\n" + header + "</dl>\n";
    body += fmt::format("<pre>\n{}</pre>\n", escaped(letter.text));  // a line end behind the tag is none of the text's
    if (!letter.attached.empty()) {
        body += "<ul>\n";
        for (std::size_t i = 0; i < letter.attached.size(); ++i)
            body += fmt::format("<li><a href=\"/mail/{}/part/{}\">{}</a> ({}, {} octets)</li>\n", page.uid, i + 1, escaped(letter.attached[i].name),
                                escaped(letter.attached[i].type), letter.attached[i].octets.size());
        body += "</ul>\n";
    }
    body += button(fmt::format("/mail/{}/delete", page.uid), page.csrf, "Delete") + "\n";
    return document(letter.subject.empty() ? std::string("(no subject)") : letter.subject, body);
}

std::string html(const ComposePage& page) {
    return document("Write",
                    top(page.account, page.csrf) + "<h1>Write</h1>\n" + said(page.complaint) + "<form method=\"post\" action=\"/compose\">" + hidden("csrf", page.csrf) + "\n" +
                        field("to", "To", page.to) + field("cc", "Cc", page.cc) + field("subject", "Subject", page.subject) +
                        fmt::format("<label>Text <textarea name=\"text\" rows=\"15\" cols=\"70\">\n{}</textarea></label>\n<button>Send</button></form>\n", escaped(page.text)));
}

std::string html(const MessagePage& page) {
    return document(page.title, fmt::format("<h1>{}</h1>\n<p>{}</p>\n<p><a href=\"/\">Go on</a></p>\n", escaped(page.title), escaped(page.text)));
}

}  // namespace mailtrek::web
