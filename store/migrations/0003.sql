-- Schema 3: rules of the user's own, which no catalogue describes; NULL where
-- the rule is one of the catalogue.

ALTER TABLE checks ADD COLUMN severity TEXT;
ALTER TABLE checks ADD COLUMN title TEXT;
ALTER TABLE checks ADD COLUMN reference TEXT;
