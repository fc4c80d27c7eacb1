-- The event of a changed row is found without reading through its transaction. Run by the owner in a migration.

-- As in seals.sql, but looked for in three ways, each with every condition of the last, which reads the transaction:
-- as the object of an event, by its index; in the batch that named the row before it; anywhere. The setting only says
-- where to look first, so a role that writes it itself makes nothing pass. Tables by their schema: a temporary one of
-- the same name would be found before them.
CREATE OR REPLACE FUNCTION audit_require_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named text;
    done text;
    image jsonb;
    setting text := 'audit_lookup.t' || TG_RELID;
    batch_event bigint := nullif(current_setting(setting, true), '')::bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN
        RETURN NULL;
    END IF;
    FOREACH image IN ARRAY CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[to_jsonb(NEW)]
        WHEN 'DELETE' THEN ARRAY[to_jsonb(OLD)]
        ELSE ARRAY[to_jsonb(OLD), to_jsonb(NEW)] END
    LOOP
        named := image ->> TG_ARGV[1];
        CONTINUE WHEN named = done;
        done := named;
        IF batch_event IS NOT NULL THEN
            PERFORM 1 FROM public.audit_event e
                WHERE e.epoch = (SELECT max(number) FROM public.audit_epoch)
                  AND e.xid = pg_current_xact_id()::text::bigint AND e.id = batch_event
                  AND e.at >= now() - interval '1 hour'
                  AND e.object_type || '' = TG_ARGV[0] AND e.kind = ANY (string_to_array(TG_ARGV[2], ','))
                  AND e.outcome = 'done' AND (e.object_id = named OR named = ANY (e.batch));
            CONTINUE WHEN FOUND;
        END IF;
        -- `+ 0` leaves it the index on the object alone.
        PERFORM 1 FROM public.audit_event e
            WHERE e.object_type = TG_ARGV[0] AND e.object_id = named AND e.at >= now()
              AND e.epoch + 0 = (SELECT max(number) FROM public.audit_epoch)
              AND e.xid + 0 = pg_current_xact_id()::text::bigint
              AND e.kind = ANY (string_to_array(TG_ARGV[2], ',')) AND e.outcome = 'done'
            LIMIT 1;
        CONTINUE WHEN FOUND;
        -- The bound on `at` lets the planner leave out all but the newest partitions; an hour forgives a clock set back.
        -- `|| ''` leaves it the index on the order alone: by object type it would read every event of the last hour.
        SELECT e.id INTO batch_event FROM public.audit_event e
            WHERE e.epoch = (SELECT max(number) FROM public.audit_epoch)
              AND e.xid = pg_current_xact_id()::text::bigint AND e.at >= now() - interval '1 hour'
              AND e.object_type || '' = TG_ARGV[0] AND e.kind = ANY (string_to_array(TG_ARGV[2], ','))
              AND e.outcome = 'done' AND (e.object_id = named OR named = ANY (e.batch))
            LIMIT 1;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'Unaudited % on %: no event of this transaction names % %.', TG_OP, TG_TABLE_NAME, TG_ARGV[0], named
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        PERFORM set_config(setting, batch_event::text, true);
    END LOOP;
    RETURN NULL;
END $$;

-- As in events.sql, but for the schema.
CREATE OR REPLACE FUNCTION audit_event_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.id := nextval('public.audit_event_id_seq');
    NEW.at := clock_timestamp();
    NEW.xid := pg_current_xact_id()::text::bigint;
    SELECT max(number) INTO NEW.epoch FROM public.audit_epoch;
    NEW.row_hash := sha256(convert_to(audit_row_text(NEW), 'UTF8'));
    RETURN NEW;
END $$;
