-- A database of schema 5, as text: how a program of that time left it.

CREATE TABLE captures (
    id         INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL,  -- pcap, live, proxy
    source     TEXT NOT NULL,
    profile    TEXT NOT NULL,
    started_at INTEGER,
    ended_at   INTEGER,        -- NULL: cut off, or still running
    version    TEXT NOT NULL,
    stats      TEXT,           -- JSON: what was seen of the input as a whole
    first_pdu  INTEGER NOT NULL -- pdus.id of this capture begin here
);

CREATE TABLE connections (
    id           INTEGER PRIMARY KEY,
    capture_id   INTEGER NOT NULL,
    link         TEXT,
    client_addr  TEXT,
    client_port  INTEGER,
    server_addr  TEXT,
    server_port  INTEGER,
    opened_by    TEXT NOT NULL, -- esme, smsc, unknown
    opened_at    INTEGER,
    closed_at    INTEGER,
    close_reason TEXT,
    tls          TEXT NOT NULL, -- none, client, server, both, passthrough
    lost_octets  INTEGER NOT NULL,
    gaps         INTEGER NOT NULL,
    complete     INTEGER NOT NULL,
    closed_by    TEXT
);
CREATE INDEX connections_capture ON connections (capture_id);

CREATE TABLE sessions (
    id                INTEGER PRIMARY KEY,
    connection_id     INTEGER NOT NULL,
    system_id         TEXT NOT NULL,
    system_type       TEXT,     -- NULL as interface_version: no bind was seen
    interface_version INTEGER,
    bind_type         TEXT NOT NULL, -- tx, rx, trx; presumed when no bind was seen
    bind_status       INTEGER,  -- NULL: not answered
    bound_at          INTEGER,
    ended_at          INTEGER,
    state             TEXT NOT NULL,
    pdus_to_smsc      INTEGER NOT NULL,
    pdus_to_esme      INTEGER NOT NULL,
    errors            INTEGER NOT NULL,
    warnings          INTEGER NOT NULL,
    notes             INTEGER NOT NULL,
    version           INTEGER,  -- in force, as interface_version writes it; NULL: unknown
    offered           INTEGER   -- a higher one that the server offered
);
CREATE INDEX sessions_connection ON sessions (connection_id);

CREATE TABLE pdus (
    id               INTEGER PRIMARY KEY,
    connection_id    INTEGER NOT NULL,
    session_id       INTEGER,
    frame            INTEGER,   -- NULL: there are no packets (proxy)
    time             INTEGER NOT NULL,
    direction        TEXT NOT NULL, -- to_smsc, to_esme
    command_id       INTEGER NOT NULL,
    command_status   INTEGER NOT NULL,
    sequence_number  INTEGER NOT NULL,
    length           INTEGER NOT NULL, -- command_length; raw may be shorter
    request_id       INTEGER,
    latency_us       INTEGER,
    source_addr      TEXT,
    destination_addr TEXT,
    message_id       TEXT,
    raw              BLOB NOT NULL
);

CREATE TABLE tlvs (
    pdu_id   INTEGER NOT NULL,
    position INTEGER NOT NULL,
    tag      INTEGER NOT NULL,
    name     TEXT,              -- NULL: not in the standard table
    value    BLOB NOT NULL,
    PRIMARY KEY (pdu_id, position)
) WITHOUT ROWID;

CREATE TABLE findings (
    id            INTEGER PRIMARY KEY,
    capture_id    INTEGER NOT NULL,
    connection_id INTEGER,
    session_id    INTEGER,
    pdu_id        INTEGER,
    last_pdu_id   INTEGER,
    rule          TEXT NOT NULL,
    severity      TEXT NOT NULL, -- error, warning, note
    time          INTEGER,
    last_time     INTEGER,
    count         INTEGER NOT NULL,
    field         TEXT NOT NULL,
    offset        INTEGER NOT NULL,
    length        INTEGER NOT NULL,
    seen          TEXT NOT NULL,
    wanted        TEXT NOT NULL,
    message       TEXT NOT NULL,
    remedy        TEXT NOT NULL,
    reference     TEXT NOT NULL
);
CREATE INDEX findings_capture ON findings (capture_id, rule);
CREATE INDEX findings_session ON findings (session_id);
CREATE INDEX findings_pdu ON findings (pdu_id);
CREATE INDEX findings_last_pdu ON findings (last_pdu_id);

CREATE TABLE checks (
    capture_id INTEGER NOT NULL,
    rule       TEXT NOT NULL,
    checked    INTEGER NOT NULL,
    failed     INTEGER NOT NULL,
    unchecked  INTEGER NOT NULL,
    off        INTEGER NOT NULL, -- 1: the profile does not set what the rule needs
    PRIMARY KEY (capture_id, rule)
) WITHOUT ROWID;

CREATE TABLE messages (
    id                INTEGER PRIMARY KEY,
    capture_id        INTEGER NOT NULL,
    account           TEXT,
    system_id         TEXT,
    message_id        TEXT,
    source_addr       TEXT,
    destination_addr  TEXT,
    text              TEXT,
    encoding          TEXT,
    parts             INTEGER,
    parts_seen        INTEGER,
    submitted_at      INTEGER,
    accepted_at       INTEGER,
    status            INTEGER,  -- NULL: not answered
    receipt_state     TEXT,
    receipt_err       TEXT,
    done_at           INTEGER,
    latency_us        INTEGER,
    receipt_delay_us  INTEGER,
    submit_session_id INTEGER,
    submit_pdu_id     INTEGER,
    response_pdu_id   INTEGER,
    receipt_pdu_id    INTEGER
);
CREATE INDEX messages_capture ON messages (capture_id);
CREATE INDEX messages_message_id ON messages (message_id);
CREATE INDEX messages_source ON messages (source_addr);
CREATE INDEX messages_destination ON messages (destination_addr);

CREATE TABLE names (
    kind  TEXT NOT NULL,        -- command, status
    value INTEGER NOT NULL,
    name  TEXT NOT NULL,
    PRIMARY KEY (kind, value)
) WITHOUT ROWID;

CREATE VIEW connection_list AS
SELECT c.id, c.capture_id AS capture, c.link,
       CASE WHEN c.client_addr LIKE '%:%' THEN '[' || c.client_addr || ']' ELSE c.client_addr END
           || ':' || c.client_port AS client,
       CASE WHEN c.server_addr LIKE '%:%' THEN '[' || c.server_addr || ']' ELSE c.server_addr END
           || ':' || c.server_port AS server,
       c.opened_by,
       strftime('%Y-%m-%dT%H:%M:%S', c.opened_at / 1000000000, 'unixepoch')
           || printf('.%09dZ', c.opened_at % 1000000000) AS opened_at,
       strftime('%Y-%m-%dT%H:%M:%S', c.closed_at / 1000000000, 'unixepoch')
           || printf('.%09dZ', c.closed_at % 1000000000) AS closed_at,
       c.close_reason, c.tls, c.lost_octets, c.gaps, c.complete
  FROM connections AS c;

CREATE VIEW session_list AS
SELECT s.id, c.capture, s.connection_id AS connection, c.link, c.client, c.server, c.opened_by,
       s.system_id, s.system_type,
       CASE WHEN s.interface_version IS NOT NULL
            THEN printf('0x%02X', s.interface_version) END AS interface_version,
       s.bind_type,
       s.bind_type <> '' AND s.interface_version IS NULL AS presumed,
       s.state,
       CASE WHEN s.bind_status IS NOT NULL
            THEN coalesce(n.name, printf('0x%08X', s.bind_status)) END AS bind_status,
       strftime('%Y-%m-%dT%H:%M:%S', s.bound_at / 1000000000, 'unixepoch')
           || printf('.%09dZ', s.bound_at % 1000000000) AS bound_at,
       strftime('%Y-%m-%dT%H:%M:%S', s.ended_at / 1000000000, 'unixepoch')
           || printf('.%09dZ', s.ended_at % 1000000000) AS ended_at,
       s.pdus_to_smsc, s.pdus_to_esme, s.errors, s.warnings, s.notes,
       c.opened_at, c.closed_at, c.close_reason, c.tls, c.lost_octets, c.complete
  FROM sessions AS s
  JOIN connection_list AS c ON c.id = s.connection_id
  LEFT JOIN names AS n ON n.kind = 'status' AND n.value = s.bind_status;

CREATE VIEW pdu_list AS
SELECT p.id, c.capture, p.connection_id AS connection, p.session_id AS session, p.frame,
       strftime('%Y-%m-%dT%H:%M:%S', p.time / 1000000000, 'unixepoch')
           || printf('.%09dZ', p.time % 1000000000) AS time,
       p.direction,
       CASE p.direction WHEN 'to_smsc' THEN c.client ELSE c.server END AS source,
       CASE p.direction WHEN 'to_smsc' THEN c.server ELSE c.client END AS destination,
       s.system_id, s.bind_type,
       coalesce(n.name, printf('unknown_0x%08X', p.command_id)) AS command,
       coalesce(t.name, printf('0x%08X', p.command_status)) AS status,
       p.sequence_number, p.length, p.request_id AS request, p.latency_us,
       p.source_addr, p.destination_addr, p.message_id, p.raw
  FROM pdus AS p
  LEFT JOIN connection_list AS c ON c.id = p.connection_id
  LEFT JOIN sessions AS s ON s.id = p.session_id
  LEFT JOIN names AS n ON n.kind = 'command' AND n.value = p.command_id
  LEFT JOIN names AS t ON t.kind = 'status' AND t.value = p.command_status;

CREATE VIEW finding_list AS
SELECT f.id, f.capture_id AS capture, f.connection_id AS connection, f.session_id AS session,
       s.system_id, f.pdu_id AS pdu, f.last_pdu_id AS last_pdu, f.rule, f.severity,
       strftime('%Y-%m-%dT%H:%M:%S', f.time / 1000000000, 'unixepoch')
           || printf('.%09dZ', f.time % 1000000000) AS time,
       strftime('%Y-%m-%dT%H:%M:%S', f.last_time / 1000000000, 'unixepoch')
           || printf('.%09dZ', f.last_time % 1000000000) AS last_time,
       f.count, f.field, f.offset, f.length, f.seen, f.wanted, f.message, f.remedy, f.reference
  FROM findings AS f
  LEFT JOIN sessions AS s ON s.id = f.session_id;

CREATE VIEW message_list AS
SELECT m.id, m.capture_id AS capture, m.account, m.system_id, m.message_id,
       m.source_addr, m.destination_addr, m.text, m.encoding, m.parts, m.parts_seen,
       strftime('%Y-%m-%dT%H:%M:%S', m.submitted_at / 1000000000, 'unixepoch')
           || printf('.%09dZ', m.submitted_at % 1000000000) AS submitted_at,
       strftime('%Y-%m-%dT%H:%M:%S', m.accepted_at / 1000000000, 'unixepoch')
           || printf('.%09dZ', m.accepted_at % 1000000000) AS accepted_at,
       CASE WHEN m.status IS NOT NULL
            THEN coalesce(n.name, printf('0x%08X', m.status)) END AS status,
       m.receipt_state, m.receipt_err,
       strftime('%Y-%m-%dT%H:%M:%S', m.done_at / 1000000000, 'unixepoch')
           || printf('.%09dZ', m.done_at % 1000000000) AS done_at,
       m.latency_us, m.receipt_delay_us, m.submit_session_id AS submit_session,
       m.submit_pdu_id AS submit_pdu, m.response_pdu_id AS response_pdu,
       m.receipt_pdu_id AS receipt_pdu
  FROM messages AS m
  LEFT JOIN names AS n ON n.kind = 'status' AND n.value = m.status;

CREATE TABLE parts (
    pdu_id       INTEGER PRIMARY KEY,
    first_pdu_id INTEGER NOT NULL,
    part         INTEGER NOT NULL,
    parts        INTEGER NOT NULL  -- the message's total
);

ALTER TABLE checks ADD COLUMN severity TEXT;
ALTER TABLE checks ADD COLUMN title TEXT;
ALTER TABLE checks ADD COLUMN reference TEXT;

CREATE TABLE open_receipts (
    pdu_id     INTEGER PRIMARY KEY,
    capture_id INTEGER NOT NULL,
    account    TEXT,
    kind       TEXT NOT NULL,
    message_id TEXT NOT NULL,
    other_id   TEXT,
    state      TEXT,
    err        TEXT,
    final      INTEGER NOT NULL,
    time       INTEGER NOT NULL,
    candidates INTEGER
);
CREATE INDEX open_receipts_new ON open_receipts (pdu_id) WHERE candidates IS NULL;

CREATE TABLE part_ids (
    response_pdu_id INTEGER PRIMARY KEY,
    message_ref     INTEGER NOT NULL,
    message_id      TEXT NOT NULL
);
CREATE INDEX part_ids_key ON part_ids (lower(ltrim(message_id, '0')));
PRAGMA user_version = 5;
PRAGMA application_id = 1397575764;
INSERT INTO captures (id, kind, source, profile, started_at, ended_at, version, stats, first_pdu) VALUES (1, 'pcap', 'old.pcap', 'kaleyra', 1793700131000000000, 1793700132000000000, 'v0', '{"Packets":4,"Inputs":["old.pcap"]}', 1);
INSERT INTO captures (id, kind, source, profile, started_at, ended_at, version, stats, first_pdu) VALUES (2, 'live', 'eth0', 'smpp34', NULL, NULL, 'v0', NULL, 3);
INSERT INTO connections (id, capture_id, link, client_addr, client_port, server_addr, server_port, opened_by, opened_at, closed_at, close_reason, tls, lost_octets, gaps, complete, closed_by) VALUES (1, 1, NULL, '10.1.0.7', 40112, '2001:db8::1', 2775, 'esme', 1793700131000000000, 1793700132000000000, 'fin', 'none', 0, 0, 1, 'esme');
INSERT INTO sessions (id, connection_id, system_id, system_type, interface_version, bind_type, bind_status, bound_at, ended_at, state, pdus_to_smsc, pdus_to_esme, errors, warnings, notes, version, offered) VALUES (1, 1, 'acme', 'smpp', 52, 'trx', 0, 1793700131000000005, NULL, 'bound_trx', 1, 1, 1, 0, 0, 52, NULL);
INSERT INTO pdus (id, connection_id, session_id, frame, time, direction, command_id, command_status, sequence_number, length, request_id, latency_us, source_addr, destination_addr, message_id, raw) VALUES (1, 1, 1, 11, 1793700131000000001, 'to_smsc', 21, 0, 1, 16, NULL, NULL, NULL, NULL, NULL, x'00000010000000150000000000000001');
INSERT INTO pdus (id, connection_id, session_id, frame, time, direction, command_id, command_status, sequence_number, length, request_id, latency_us, source_addr, destination_addr, message_id, raw) VALUES (2, 1, 1, 12, 1793700131000000002, 'to_esme', 2147483669, 0, 1, 16, 1, 812, NULL, NULL, NULL, x'00000010800000150000000000000001');
INSERT INTO tlvs (pdu_id, position, tag, name, value) VALUES (1, 0, 1060, 'message_payload', x'00ff');
INSERT INTO findings (id, capture_id, connection_id, session_id, pdu_id, last_pdu_id, rule, severity, time, last_time, count, field, offset, length, seen, wanted, message, remedy, reference) VALUES (1, 1, 1, 1, 1, 2, 'system-type', 'error', 1793700131000000001, 1793700131000000002, 2, 'system_type', 31, 3, 'cp', 'smpp', 'm', 'r', 'K10');
INSERT INTO checks (capture_id, rule, checked, failed, unchecked, off) VALUES (1, 'system-type', 3, 1, 0, 0);
INSERT INTO messages (id, capture_id, account, text, submitted_at, submit_session_id, submit_pdu_id) VALUES (1, 1, 'acme', 'hello', 1793700131000000001, 1, 1);
INSERT INTO parts (pdu_id, first_pdu_id, part, parts) VALUES (1, 1, 2, 3);
CREATE INDEX pdus_time ON pdus (time);
INSERT INTO names (kind, value, name) VALUES ('command', 2147483669, 'enquire_link_resp'), ('status', 0, 'ESME_ROK');
