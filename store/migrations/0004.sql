-- Schema 4: journeys over several captures.

-- What tells the state of a message that its run did not know, or could not
-- tell from others. A row goes when its message is found (link.go).
CREATE TABLE open_receipts (
    pdu_id     INTEGER PRIMARY KEY,
    capture_id INTEGER NOT NULL,
    account    TEXT,             -- NULL: no bind was seen
    kind       TEXT NOT NULL,    -- receipt, query, cancel
    message_id TEXT NOT NULL,    -- of a receipt the TLV's, else the text's
    other_id   TEXT,             -- the text's, where the TLV has another
    state      TEXT,
    err        TEXT,
    final      INTEGER NOT NULL,
    time       INTEGER NOT NULL,
    candidates INTEGER           -- messages that it may be about; NULL: not looked for yet
);
CREATE INDEX open_receipts_new ON open_receipts (pdu_id) WHERE candidates IS NULL;

-- Ids that the SMSC gave to parts of a long message, beside messages.message_id.
CREATE TABLE part_ids (
    response_pdu_id INTEGER PRIMARY KEY,
    message_ref     INTEGER NOT NULL, -- messages.id
    message_id      TEXT NOT NULL
);
CREATE INDEX part_ids_key ON part_ids (lower(ltrim(message_id, '0')));
