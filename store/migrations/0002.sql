-- Schema 2: which PDUs carry parts of one long message. A row a part seen;
-- those of one message share first_pdu_id, the PDU of the part seen first.

CREATE TABLE parts (
    pdu_id       INTEGER PRIMARY KEY,
    first_pdu_id INTEGER NOT NULL,
    part         INTEGER NOT NULL,
    parts        INTEGER NOT NULL  -- the message's total
);
