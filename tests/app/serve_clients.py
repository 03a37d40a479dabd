# SPDX-License-Identifier: GPL-3.0-or-later
# Real mail programs against `mailtrek-cli serve`: serve_clients.py CASE PROGRAM FOLDER. Prints what went wrong and ends with 1; 77: a program is missing (which one is said).
import atexit, imaplib, json, os, poplib, pty, random, re, select, shutil, signal, smtplib, socket, ssl, struct, subprocess, sys, time
from email.message import EmailMessage

CASE, PROGRAM, FOLDER = sys.argv[1:4]

SCENARIO = """mailtrek: 1
title: { en: Two providers }
nodes:
  ana-pc:  { kind: pc, user: ana@norte.example }
  ana-tab: { kind: tablet, user: ana@norte.example }
  eva-pc:  { kind: pc, user: eva@norte.example }
  r0:      { kind: router }
  norte:   { kind: mail-server, domains: [norte.example], mailboxes: { ana: {}, eva: {} } }
  r1:      { kind: router }
  sur:     { kind: mail-server, domains: [sur.example], mailboxes: { luis: {} } }
  luis-pc: { kind: pc, user: luis@sur.example }
links:
  - { name: first, between: [ana-pc, r0], rate: 20 Mbit/s, delay: 5 ms%s }
  - { name: second, between: [r0, norte], rate: 20 Mbit/s, delay: 5 ms%s }
  - { between: [ana-tab, r0] }
  - { between: [eva-pc, r0] }
  - { between: [r0, r1], delay: 10 ms%s }
  - { between: [r1, sur] }
  - { between: [sur, luis-pc] }
timeline:
  - { at: 1 ms, send: { id: hello, from: eva@norte.example, to: [ana@norte.example], subject: Hello, text: Welcome } }
"""

LOSSY = ', loss: 2 %'  # of three links on the way


class Served:
    """The program under test, with four free ports."""

    def __init__(self, as_='ana-pc', loss='', pace='fast', text=None, more=()):
        self.file, self.saved = os.path.join(FOLDER, 'in.yaml'), os.path.join(FOLDER, 'out.yaml')
        with open(self.file, 'w') as f:
            f.write(text or SCENARIO % (loss, loss, loss))
        ports = sum((['--' + p, '0'] for p in ('smtp', 'submission', 'pop3', 'imap')), [])
        self.process = subprocess.Popen([PROGRAM, 'serve', self.file, '--as', as_, '--pace', pace, '--save', self.saved, '--lang', 'en', *ports, *more],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)  # whatever a case finds wrong
        self.said, self.port = '', {}
        for line in self.process.stdout:
            self.said += line
            found = re.match(r' +(submission|imap|pop3|smtp) +127\.0\.0\.1 (\d+)', line)
            if found:
                self.port[found[1]] = int(found[2])
            if 'Ctrl-C' in line:
                break
        assert len(self.port) == 4, self.said + self.process.stderr.read()

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        _, err = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, (self.process.returncode, err)
        assert 'saved: ' + self.saved in err, err
        return err

    def run_again(self):
        """The saved file as an ordinary scenario: the same run."""
        live = re.search(r'trace hash ([0-9a-f]{16})', self.end())[1]
        ran = subprocess.run([PROGRAM, 'run', self.saved, '--format', 'json'], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        again = json.loads(ran.stdout)
        assert again['trace_hash'] == live, (again['trace_hash'], live)
        assert open(self.saved).read().startswith(open(self.file).read()), 'the text of the file is not kept'
        return again

    def submit(self, message, user='ana', password='ana'):
        with smtplib.SMTP('127.0.0.1', self.port['submission'], timeout=20) as smtp:
            smtp.login(user, password)
            smtp.send_message(message)

    def imap(self, user='ana', password='ana'):
        box = imaplib.IMAP4('127.0.0.1', self.port['imap'], timeout=20)
        box.login(user, password)
        box.select('INBOX')
        return box

    def wait_for(self, count):
        for _ in range(100):
            box = self.imap()
            found = box.search(None, 'ALL')[1][0].split()
            if len(found) >= count:
                return box
            box.logout()
            time.sleep(0.1)
        raise AssertionError('only %d letters of %d came' % (len(found), count))


def letter(subject='Hola', to='ana@norte.example', text='What is it like in the South?\n.a dot at the beginning\n', attached=0):
    message = EmailMessage()
    message['From'], message['To'], message['Subject'] = 'ana@norte.example', to, subject
    message.set_content(text)
    if attached:
        message.add_attachment(random.Random(1).randbytes(attached), maintype='application', subtype='octet-stream', filename='photo.bin')
    return message


def fetched(box, number):
    import email, email.policy
    return email.message_from_bytes(box.fetch(number, '(BODY.PEEK[])')[1][0][1], policy=email.policy.default)


def statuses(again):
    return {(m['id'], m['to']): m['status'] for m in again['mails']}


def send_list_read_flag_delete(loss='', attached=3000):
    served = Served(loss=loss)
    served.submit(letter('Local'), user='ana@norte.example')
    served.submit(letter('Abroad', to='luis@sur.example, ana@norte.example', attached=attached))
    box = served.wait_for(3)
    subjects = [fetched(box, n)['Subject'] for n in box.search(None, 'ALL')[1][0].split()]
    assert sorted(subjects) == ['Abroad', 'Hello', 'Local'], subjects
    n = str(1 + subjects.index('Abroad'))
    mail = fetched(box, n)
    assert [p.get_payload(decode=True) for p in mail.iter_attachments()] == [random.Random(1).randbytes(attached)]
    assert mail.get_body().get_content().replace('\r\n', '\n') == 'What is it like in the South?\n.a dot at the beginning\n'
    box.store(n, '+FLAGS', r'(\Flagged)')
    assert box.search(None, 'FLAGGED')[1][0].split() == [n.encode()]
    box.store(n, '+FLAGS', r'(\Deleted)')
    box.expunge()
    assert len(box.search(None, 'ALL')[1][0].split()) == 2
    box.logout()
    again = served.run_again()
    got = statuses(again)
    assert got[('hello', 'ana@norte.example')] == 'delivered', got
    assert got[('ana-pc-outside-1', 'ana@norte.example')] == 'delivered', got
    assert got[('ana-pc-outside-2', 'luis@sur.example')] == 'delivered', got
    assert [m['subject'] for m in again['mails'] if m['id'] == 'ana-pc-outside-2'] == ['Abroad'] * 2
    submissions = [c for c in again['connections'] if c['client'] == 'ana-pc' and c['port'] == 587]
    assert len(submissions) == 2 and submissions[1]['bytes_to_server'] > attached * 4 // 3, submissions
    return again


def lossy():
    again = send_list_read_flag_delete(loss=LOSSY, attached=200000)
    assert again['metrics']['tcp.retransmits'] > 0, 'nothing was lost: the test shows nothing'


def real_pace():
    served = Served(pace='real')
    begun = time.monotonic()
    with smtplib.SMTP('127.0.0.1', served.port['submission'], timeout=20) as smtp:
        for _ in range(5):
            smtp.noop()
    assert time.monotonic() - begun > 0.14, 'seven round trips of 20 ms take longer'
    again = served.run_again()
    assert again['metrics']['smtp.submissions'] == 2


def stranger():
    served = Served()
    with smtplib.SMTP('127.0.0.1', served.port['smtp'], timeout=20) as smtp:
        try:
            smtp.sendmail('x@else.example', ['luis@sur.example'], 'Subject: relay\r\n\r\nno\r\n')
            raise AssertionError('it relays for strangers')
        except smtplib.SMTPRecipientsRefused as refused:
            code = refused.recipients['luis@sur.example'][0]
            assert 550 <= code <= 554, refused
        smtp.sendmail('x@else.example', ['ana@norte.example', 'postmaster@norte.example'], 'Subject: for you\r\n\r\nyes\r\n')
        assert smtp.has_extn('auth') is False
    with smtplib.SMTP('127.0.0.1', served.port['submission'], timeout=20) as smtp:
        try:
            smtp.login('ana', 'wrong')
            raise AssertionError('any password will do')
        except smtplib.SMTPAuthenticationError:
            pass
        try:
            smtp.sendmail('ana@norte.example', ['luis@sur.example'], 'Subject: no\r\n\r\nno\r\n')
            raise AssertionError('no login is needed')
        except (smtplib.SMTPSenderRefused, smtplib.SMTPRecipientsRefused):
            pass
    served.wait_for(2).logout()
    got = statuses(served.run_again())
    assert got[('ana-pc-outside-2', 'ana@norte.example')] == 'delivered', got


def curl():
    if not shutil.which('curl'):
        print('curl is not installed')
        sys.exit(77)
    served = Served(loss=LOSSY)
    path = os.path.join(FOLDER, 'letter.eml')
    with open(path, 'wb') as f:
        f.write(b'From: ana@norte.example\r\nTo: ana@norte.example\r\nSubject: by curl\r\n\r\nHola\r\n')

    def run(*arguments):
        ran = subprocess.run(['curl', '-s', '-S', '-m', '20', '-u', 'ana:ana', *arguments], capture_output=True, text=True)
        assert ran.returncode == 0, (arguments, ran.stderr)
        return ran.stdout

    run('smtp://127.0.0.1:%d/pc' % served.port['submission'], '--mail-from', 'ana@norte.example', '--mail-rcpt', 'ana@norte.example', '-T', path)
    served.wait_for(2).logout()
    imap = 'imap://127.0.0.1:%d' % served.port['imap']
    assert 'INBOX' in run(imap)
    numbers = run(imap + '/INBOX', '-X', 'SEARCH ALL').split()[2:]
    assert len(numbers) == 2, numbers
    assert 'by curl' in run(imap + '/INBOX;MAILINDEX=2')
    run(imap + '/INBOX', '-X', r'STORE 2 +Flags (\Deleted)')
    run(imap + '/INBOX', '-X', 'EXPUNGE')
    assert len(run(imap + '/INBOX', '-X', 'SEARCH ALL').split()[2:]) == 1
    run(imap + '/INBOX', '-X', r'STORE 1 +Flags (\Flagged)')
    assert run(imap + '/INBOX', '-X', 'SEARCH FLAGGED').split()[2:] == ['1']
    pop = 'pop3://127.0.0.1:%d' % served.port['pop3']
    assert len(run(pop).splitlines()) == 1
    assert 'Subject: Hello' in run(pop + '/1')
    run(pop + '/1', '-X', 'DELE', '-l')
    assert run(pop).strip() == ''
    served.run_again()


def pop3():
    served = Served(loss=LOSSY)
    box = poplib.POP3('127.0.0.1', served.port['pop3'], timeout=20)
    box.user('ana')
    box.pass_('ana')
    assert box.stat()[0] == 1
    assert b'Subject: Hello' in box.retr(1)[1]
    box.dele(1)
    box.quit()
    served.run_again()


AUTHORITY = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'assets', 'tls', 'authority.pem')


def starttls(loss=''):
    """Behind STARTTLS the network carries records only, and the recording still knows what was said and which letter it was."""
    trusting = ssl.create_default_context(cafile=AUTHORITY)  # the certificate is judged: authority, name, time
    served = Served(loss=loss)
    for host in ('127.0.0.1', 'localhost'):
        with smtplib.SMTP('127.0.0.1', served.port['submission'], timeout=20) as smtp:
            smtp._host = host
            smtp.starttls(context=trusting)
            smtp.login('ana', 'ana')
            smtp.send_message(letter('Sealed', to='luis@sur.example, ana@norte.example', attached=20000))
    served.wait_for(3).logout()
    box = imaplib.IMAP4('127.0.0.1', served.port['imap'], timeout=20)
    box.starttls(ssl_context=trusting)
    box.login('ana', 'ana')
    box.select('INBOX')
    assert sorted(fetched(box, n)['Subject'] for n in box.search(None, 'ALL')[1][0].split()) == ['Hello', 'Sealed', 'Sealed']
    box.store('1', '+FLAGS', r'(\Seen)')
    box.logout()
    pop = poplib.POP3('127.0.0.1', served.port['pop3'], timeout=20)
    pop.stls(context=trusting)
    pop.user('ana')
    pop.pass_('ana')
    assert pop.stat()[0] == 3
    pop.quit()
    with smtplib.SMTP('127.0.0.1', served.port['smtp'], timeout=20) as smtp:
        smtp.starttls(context=ssl._create_unverified_context())
        try:
            smtp.sendmail('x@else.example', ['luis@sur.example'], 'Subject: relay\r\n\r\nno\r\n')
            raise AssertionError('it relays for strangers')
        except smtplib.SMTPRecipientsRefused:
            pass
    again = served.run_again()
    got = statuses(again)
    for sent in ('ana-pc-outside-1', 'ana-pc-outside-2'):
        assert got[(sent, 'luis@sur.example')] == 'delivered' and got[(sent, 'ana@norte.example')] == 'delivered', got
    saved = open(served.saved).read()
    assert 'Sealed' not in saved and 'octets: ' in saved, 'it was said in the clear'
    pcap = os.path.join(FOLDER, 'session.pcapng')
    made = subprocess.run([PROGRAM, 'export', served.saved, '--to', pcap, '--at-node', 'norte'], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    if shutil.which('tshark'):
        seen = subprocess.run(['tshark', '-r', pcap, '-Y', 'tls.handshake.type == 1 && tcp.dstport in {587, 143, 110, 25}', '-T', 'fields', '-e', 'tcp.dstport'], capture_output=True, text=True)
        assert sorted(set(seen.stdout.split())) == ['110', '143', '25', '587'], seen.stdout + seen.stderr
        wrong = subprocess.run(['tshark', '-r', pcap, '-o', 'tcp.reassemble_out_of_order:TRUE', '-Y', '_ws.malformed'], capture_output=True, text=True)
        assert wrong.returncode == 0 and wrong.stdout == '', wrong.stdout + wrong.stderr


def starttls_lossy():
    starttls(LOSSY)


def idle():
    """Somebody waits in IDLE, and hears of a letter that another program sends."""
    served = Served(loss=LOSSY)
    served.wait_for(1).logout()
    connection, lines = raw(served, 'imap')
    lines.readline()
    connection.sendall(b'a LOGIN ana ana\r\nb SELECT INBOX\r\nc IDLE\r\n')
    while not lines.readline().startswith(b'+'):
        pass
    served.submit(letter('News'))
    while b'2 EXISTS' not in lines.readline():
        pass
    connection.sendall(b'DONE\r\nd LOGOUT\r\n')
    assert b'c OK' in lines.read()
    served.run_again()


def raw(served, service):
    connection = socket.create_connection(('127.0.0.1', served.port[service]), timeout=20)
    return connection, connection.makefile('rb')


def half_close_and_reset():
    served = Served()
    connection, lines = raw(served, 'imap')
    lines.readline()
    connection.sendall(b'a LOGIN ana ana\r\nb SELECT INBOX\r\nc FETCH 1 (BODY[])\r\nd LOGOUT\r\n')
    connection.shutdown(socket.SHUT_WR)  # it says no more, and still wants all answers
    rest = lines.read()
    assert b'd OK' in rest and b'Welcome' in rest, rest[-300:]
    connection.close()
    connection, lines = raw(served, 'submission')
    lines.readline()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    lines.close()
    connection.close()  # a reset
    time.sleep(0.2)
    served.imap().logout()  # it still serves
    again = served.run_again()
    assert again['metrics']['tcp.resets'] >= 1, 'the reset did not cross the network'


def slow_reader():
    """A program that asks for much and reads nothing for a while: the simulated window closes, and nothing is lost."""
    served = Served(text=(SCENARIO % ('', '', '')).replace('text: Welcome', 'text: Welcome, attach: [ { name: big.bin, size: 300 kB } ]'))
    served.wait_for(1).logout()
    connection, lines = raw(served, 'imap')
    lines.readline()
    times = 20
    connection.sendall(b'a LOGIN ana ana\r\nb SELECT INBOX\r\n' + b''.join(b'c%d FETCH 1 (BODY.PEEK[])\r\n' % i for i in range(times)) + b'd LOGOUT\r\n')
    time.sleep(1)
    rest = lines.read()
    sizes = {int(n) for n in re.findall(rb'BODY\[\] \{(\d+)\}', rest)}
    assert len(sizes) == 1 and len(rest) > times * sizes.pop() and b'd OK' in rest, (sizes, len(rest))
    served.run_again()
    text = open(served.saved).read()
    assert ' took: ' in text, 'it was never held up'


def many_connections():
    served = Served()
    guests = [raw(served, 'imap') for _ in range(16)]
    for _, lines in guests:
        assert lines.readline().startswith(b'* OK')
    try:
        extra, lines = raw(served, 'imap')
        assert lines.readline() == b''
    except ConnectionError:
        pass
    for guest in guests:
        for end in guest:
            end.close()
    time.sleep(0.3)
    served.imap().logout()  # there is room again
    assert 'more than 16 connections' in served.end()


def octets():
    """What is no text travels and is saved as base64; garbage harms nobody."""
    served = Served()
    connection, lines = raw(served, 'imap')
    lines.readline()
    connection.sendall(bytes(range(256)) * 3 + b'\r\n')
    assert lines.readline(), 'no answer to garbage'
    connection.close()
    connection, lines = raw(served, 'smtp')
    lines.readline()
    connection.sendall(b'\xff\xfe\x00' * 2000 + b'\r\nQUIT\r\n')
    assert b'221' in lines.read()
    served.submit(letter('Después', text='¡Qué tal, señor!\n'))
    served.wait_for(2).logout()
    served.run_again()
    assert ' octets: ' in open(served.saved).read()


def only_loopback():
    served = Served()
    listening = set()
    for table in ('/proc/net/tcp', '/proc/net/tcp6'):
        for row in open(table).read().splitlines()[1:] if os.path.exists(table) else ():
            address, port = row.split()[1].split(':')
            if row.split()[3] == '0A' and int(port, 16) in served.port.values():
                listening.add(address)
    assert listening == {'0100007F'}, listening
    served.end()


def interrupted():
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        served = Served()
        open_one = served.imap()
        served.end(how)
        assert 'interventions:' in open(served.saved).read()
        try:
            open_one.noop()
            raise AssertionError('the connection outlives the program')
        except (imaplib.IMAP4.abort, ConnectionError):
            pass
        os.remove(served.saved)


def ends_by_itself():
    served = Served(more=('--for', '500ms'))
    _, err = served.process.communicate(timeout=20)
    assert served.process.returncode == 0 and os.path.exists(served.saved), err
    served = Served(text='until: 1 s\n' + SCENARIO % ('', '', ''), pace='real')
    _, err = served.process.communicate(timeout=20)
    assert served.process.returncode == 0 and 'until' in err, err
    ran = subprocess.run([PROGRAM, 'run', served.saved, '--format', 'json'], capture_output=True, text=True)
    assert json.loads(ran.stdout)['trace_hash'] == re.search(r'trace hash ([0-9a-f]{16})', err)[1]


def a_session_goes_on():
    """A saved session is a scenario that can be served again, and saved again."""
    served = Served()
    served.submit(letter('One'))
    served.wait_for(2).logout()
    served.run_again()
    second = Served(text=open(served.saved).read())  # the same device: its connections go on being counted
    second.submit(letter('Two'))
    second.wait_for(3).logout()
    second.run_again()
    flow = json.dumps({'mailtrek': 1, 'nodes': {'pc': {'kind': 'pc', 'user': 'ana@x.example'}, 's': {'kind': 'mail-server', 'domains': ['x.example'], 'mailboxes': {'ana': {}}}},
                       'links': [{'between': ['pc', 's']}]})
    third = Served(text=flow, as_='pc')
    third.imap().logout()
    hash_ = re.search(r'trace hash ([0-9a-f]{16})', third.end())[1]
    ran = subprocess.run([PROGRAM, 'run', third.saved, '--format', 'json'], capture_output=True, text=True)
    assert json.loads(ran.stdout)['trace_hash'] == hash_, ran.stderr


def bad_input():
    served = Served()

    def run(*arguments):
        ran = subprocess.run([PROGRAM, 'serve', served.file, '--lang', 'en', *arguments], capture_output=True, text=True, timeout=20)
        assert ran.stdout == '', ran.stdout
        return ran.returncode, ran.stderr

    taken = served.port['imap']
    for arguments, code, words in ((('--as', 'ana-pv'), 2, "no node 'ana-pv' (did you mean `ana-pc`?)"), (('--as', 'norte'), 2, 'ana-pc, ana-tab, eva-pc, luis-pc'), ((), 64, '--as'),
                                   (('--as', 'ana-pc', '--imap', '70000'), 64, '70000'), (('--as', 'ana-pc', '--pace', 'slow'), 64, 'real, fast'),
                                   (('--as', 'ana-pc', '--for', '3'), 64, '90s'), (('--as', 'ana-pc', '--save', served.file), 64, 'itself'),
                                   (('--as', 'ana-pc', '--save', FOLDER + '/nowhere/x.yaml'), 3, 'nowhere'),
                                   (('--as', 'ana-pc', '--smtp', '0', '--submission', '0', '--pop3', '0', '--imap', str(taken)), 3, 'port %d' % taken)):
        got, err = run(*arguments)
        assert got == code and words in err, (arguments, got, err)
    served.end()


def spanish():
    served = Served()
    ran = subprocess.run([PROGRAM, 'serve', served.file, '--as', 'ana-pc', '--lang', 'es', '--for', '100ms', *sum((['--' + p, '0'] for p in served.port), [])],
                         capture_output=True, text=True, timeout=20)
    assert ran.returncode == 0 and 'contraseña  ana' in ran.stdout and 'eva@norte.example  eva' in ran.stdout, ran.stdout
    served.end()


def program(name):
    if not shutil.which(name):
        print(name + ' is not installed')
        sys.exit(77)
    return name


def swaks():
    served = Served(loss=LOSSY)
    ran = subprocess.run([program('swaks'), '--server', '127.0.0.1', '--port', str(served.port['submission']), '--auth', 'PLAIN', '--auth-user', 'ana', '--auth-password', 'ana',
                          '--from', 'ana@norte.example', '--to', 'ana@norte.example'], capture_output=True, text=True, timeout=30)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    served.wait_for(2).logout()
    served.run_again()


def msmtp():
    served = Served(loss=LOSSY)
    ran = subprocess.run([program('msmtp'), '--host=127.0.0.1', '--port=%d' % served.port['submission'], '--auth=plain', '--user=ana', '--passwordeval=echo ana', '--tls=off',
                          '--from=ana@norte.example', 'ana@norte.example'], input='Subject: msmtp\n\nHola\n', capture_output=True, text=True, timeout=30)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    served.wait_for(2).logout()
    served.run_again()


def mbsync():
    served = Served(loss=LOSSY)
    served.wait_for(1).logout()
    rc = os.path.join(FOLDER, 'mbsyncrc')
    os.makedirs(FOLDER + '/mail', exist_ok=True)
    with open(rc, 'w') as f:
        f.write('IMAPAccount x\nHost 127.0.0.1\nPort %d\nUser ana\nPass ana\nSSLType None\nAuthMechs LOGIN\n\nIMAPStore far\nAccount x\n\nMaildirStore near\nPath %s/mail/\n'
                'Inbox %s/mail/inbox\n\nChannel x\nFar :far:\nNear :near:\nCreate Near\nSync All\nExpunge Both\n' % (served.port['imap'], FOLDER, FOLDER))
    def sync():
        ran = subprocess.run([program('mbsync'), '-c', rc, 'x'], capture_output=True, text=True, timeout=30)
        assert ran.returncode == 0, ran.stdout + ran.stderr

    sync()
    served.submit(letter('Second'))
    served.wait_for(2).logout()
    sync()
    near = {}
    for folder in ('new', 'cur'):
        for name in os.listdir(FOLDER + '/mail/inbox/' + folder):
            text = open(os.path.join(FOLDER, 'mail/inbox', folder, name), errors='replace').read()
            near['Second' if 'Subject: Second' in text else 'Hello'] = os.path.join(FOLDER, 'mail/inbox', folder, name)
    assert sorted(near) == ['Hello', 'Second'], near
    for subject, mark in (('Hello', 'T'), ('Second', 'F')):  # one is thrown away here, the other marked
        name = os.path.basename(near[subject]).split(':')[0]
        os.rename(near[subject], os.path.join(FOLDER, 'mail/inbox/cur', name + ':2,' + mark))
    sync()
    box = served.imap()
    assert box.search(None, 'ALL')[1][0].split() == [b'1'] and box.search(None, 'FLAGGED')[1][0].split() == [b'1'], box.search(None, 'ALL')
    assert fetched(box, '1')['Subject'] == 'Second'
    box.logout()
    served.run_again()


def fetchmail():
    served = Served(loss=LOSSY)
    rc = os.path.join(FOLDER, 'fetchmailrc')
    with open(rc, 'w') as f:
        f.write('poll 127.0.0.1 proto imap port %d user ana password ana sslproto "" mda "cat >> %s/mbox"\n' % (served.port['imap'], FOLDER))
    os.chmod(rc, 0o600)
    served.wait_for(1).logout()
    ran = subprocess.run([program('fetchmail'), '-f', rc, '--nodetach', '-k'], capture_output=True, text=True, timeout=30, env=dict(os.environ, HOME=FOLDER, FETCHMAILHOME=FOLDER))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert 'Subject: Hello' in open(FOLDER + '/mbox').read()
    served.wait_for(1).logout()  # it was told to leave it
    ran = subprocess.run([program('fetchmail'), '-f', rc, '--nodetach', '-a', '-K'], capture_output=True, text=True, timeout=30, env=dict(os.environ, HOME=FOLDER, FETCHMAILHOME=FOLDER))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    box = served.imap()
    assert box.search(None, 'ALL')[1][0] == b''
    box.logout()
    served.run_again()


def on_a_terminal(command, seconds=30, **more):
    """Runs a program that wants a terminal; what it showed."""
    child, terminal = pty.openpty()
    process = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=dict(os.environ, HOME=FOLDER, TERM='vt100', LC_ALL='C.UTF-8'), **more)
    os.close(terminal)
    shown, end = b'', time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([child], [], [], 0.1)[0]:
            try:
                shown += os.read(child, 65536)
            except OSError:
                break
        elif process.poll() is not None:
            break
    if process.poll() is None:
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
    os.close(child)
    return process.wait(), shown.decode(errors='replace')


def neomutt():
    """Sends, lists, reads, flags and deletes; with TLS that it insists on."""
    served = Served(loss=LOSSY)
    served.wait_for(1).logout()
    rc = os.path.join(FOLDER, 'muttrc')
    with open(rc, 'w') as f:
        f.write('set realname=Ana from=ana@norte.example use_from=yes hostname=norte.example copy=no ssl_starttls=yes ssl_force_tls=yes ssl_verify_host=no ssl_verify_dates=no\n'
                'set certificate_file=%s\nset smtp_url="smtp://ana@127.0.0.1:%d" smtp_pass=ana imap_user=ana imap_pass=ana smtp_authenticators=plain\n'
                'set folder="imap://ana@127.0.0.1:%d" spoolfile="imap://ana@127.0.0.1:%d/INBOX" mail_check=0 delete=yes confirmappend=no wait_key=no quit=yes\n'
                % (AUTHORITY, served.port['submission'], served.port['imap'], served.port['imap']))
    sent = subprocess.run([program('neomutt'), '-F', rc, '-s', 'From neomutt', 'ana@norte.example', 'luis@sur.example'], input='Hola\n', capture_output=True, text=True, timeout=30)
    assert sent.returncode == 0, sent.stdout + sent.stderr
    served.wait_for(2).logout()
    copy = os.path.join(FOLDER, 'piped.txt')
    keys = 'push "<last-entry><pipe-message>cat > %s<enter><flag-message><first-entry><delete-message><sync-mailbox><quit>"' % copy
    code, shown = on_a_terminal(['neomutt', '-F', rc, '-e', keys])
    assert code == 0, shown
    assert 'From neomutt' in open(copy).read() and 'Hola' in open(copy).read(), shown
    box = served.imap()
    assert box.search(None, 'ALL')[1][0].split() == [b'1'] and box.search(None, 'FLAGGED')[1][0].split() == [b'1'], (box.search(None, 'ALL'), shown)
    box.logout()
    assert statuses(served.run_again())[('ana-pc-outside-1', 'luis@sur.example')] == 'delivered'


NODE = """
const nodemailer = require('nodemailer'), { ImapFlow } = require('imapflow'), fs = require('fs');
const [submission, imap, ca] = [Number(process.argv[2]), Number(process.argv[3]), fs.readFileSync(process.argv[4])];
(async () => {
  const post = nodemailer.createTransport({ host: '127.0.0.1', port: submission, requireTLS: true, auth: { user: 'ana', pass: 'ana' }, tls: { ca } });
  const client = () => new ImapFlow({ host: '127.0.0.1', port: imap, secure: false, auth: { user: 'ana', pass: 'ana' }, tls: { ca }, logger: false });
  const box = client();
  await box.connect();
  await box.mailboxOpen('INBOX');
  const news = new Promise(done => box.on('exists', done));
  const idle = box.idle();
  await new Promise(done => setTimeout(done, 300));
  await post.sendMail({ from: 'ana@norte.example', to: ['ana@norte.example', 'luis@sur.example'], subject: 'From Node', text: 'Hola', html: '<p>Hola</p>',
                        attachments: [{ filename: 'a.txt', content: 'attached' }] });
  await news;
  const all = [];
  for await (const message of box.fetch('1:*', { envelope: true, flags: true, source: true, bodyStructure: true })) all.push(message);
  const mine = all.find(message => message.envelope.subject === 'From Node');
  if (!mine || !mine.source.toString().includes('Hola') || mine.bodyStructure.type !== 'multipart/mixed') throw new Error('not read: ' + JSON.stringify(all));
  await box.messageFlagsAdd({ uid: String(mine.uid) }, ['\\\\Flagged'], { uid: true });
  if ((await box.search({ flagged: true })).length !== 1) throw new Error('not flagged');
  await box.messageDelete({ uid: String(all.find(message => message !== mine).uid) }, { uid: true });
  if ((await box.status('INBOX', { messages: true })).messages !== 1) throw new Error('not deleted');
  await box.logout();
})().catch(error => { console.error(error); process.exit(1); });
"""


def node():
    """nodemailer and imapflow, where NODE_PATH has them."""
    modules = subprocess.run([program('node'), '-e', "require('nodemailer'); require('imapflow')"], capture_output=True, text=True)
    if modules.returncode != 0:
        print('nodemailer and imapflow are not installed (npm install nodemailer imapflow; NODE_PATH)')
        sys.exit(77)
    served = Served(loss=LOSSY)
    served.wait_for(1).logout()
    path = os.path.join(FOLDER, 'talk.js')
    with open(path, 'w') as f:
        f.write(NODE)
    ran = subprocess.run(['node', path, str(served.port['submission']), str(served.port['imap']), AUTHORITY], capture_output=True, text=True, timeout=45)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert statuses(served.run_again())[('ana-pc-outside-1', 'luis@sur.example')] == 'delivered'


globals()[CASE]()
