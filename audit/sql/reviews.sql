-- Searches are found by their words, and signed reviews stay as they were signed. Run by the owner in a migration.

-- The words of a text without case and accents: "O'Brien, José" is {o,brien,jose}. The same for what was searched for
-- and for what an auditor looks for, so that both are folded alike.
CREATE FUNCTION audit_words(said text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT array_remove(regexp_split_to_array(
        translate(lower(regexp_replace(normalize(said, NFKD), '[\u0300-\u036f]', '', 'g')), 'łøđßıæœ', 'lodsiao'),
        '[^[:alnum:]]+'), '')
$$;
CREATE INDEX audit_searchterms_words ON audit_searchterms USING gin (audit_words(terms));

CREATE FUNCTION audit_review_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_at IS NOT NULL THEN
        RAISE EXCEPTION 'The review of week % is signed: % is refused.', OLD.week, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER audit_review_keep BEFORE UPDATE OR DELETE ON audit_review FOR EACH ROW EXECUTE FUNCTION audit_review_keep();
ALTER TABLE audit_review ENABLE ALWAYS TRIGGER audit_review_keep;
