-- Schema 5: who ended a connection, by the first FIN or the reset: esme or
-- smsc; NULL: nobody did, or it is not known.

ALTER TABLE connections ADD COLUMN closed_by TEXT;
