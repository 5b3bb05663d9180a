-- Addresses and promo codes have one spelling now: domains are ASCII, nothing stands around an
-- address, accents are composed, and what shows nothing is gone. Brings those that were stored
-- before into it. One that would become another's, or cannot be mailed at all, stays as it is.

-- One label of a domain in Punycode (RFC 3492).
create function pg_temp.punycode(label text) returns text language plpgsql as $$
declare
    digits constant text := 'abcdefghijklmnopqrstuvwxyz0123456789';
    points constant int[] := array(select ascii(c) from regexp_split_to_table(label, '')
        with ordinality as letters (c, place) order by place);
    result text := regexp_replace(label, '[^\x01-\x7f]', '', 'g');
    basic constant int := length(result);
    handled int := basic;
    n int := 128;
    delta int := 0;
    bias int := 72;
    point int;
    q int;
    k int;
    t int;
begin
    if basic > 0 then
        result := result || '-';
    end if;
    while handled < cardinality(points) loop
        select min(p) into point from unnest(points) as p where p >= n;
        delta := delta + (point - n) * (handled + 1);
        n := point;
        foreach point in array points loop
            if point < n then
                delta := delta + 1;
            elsif point = n then
                q := delta;
                k := 36;
                loop
                    t := least(greatest(k - bias, 1), 26);
                    exit when q < t;
                    result := result || substr(digits, t + (q - t) % (36 - t) + 1, 1);
                    q := (q - t) / (36 - t);
                    k := k + 36;
                end loop;
                result := result || substr(digits, q + 1, 1);
                delta := case when handled = basic then delta / 700 else delta / 2 end;
                handled := handled + 1;
                delta := delta + delta / handled;
                k := 0;
                while delta > 455 loop
                    delta := delta / 35;
                    k := k + 36;
                end loop;
                bias := k + 36 * delta / (delta + 38);
                delta := 0;
            end if;
        end loop;
        delta := delta + 1;
        n := n + 1;
    end loop;
    return 'xn--' || result;
end
$$;

create function pg_temp.without_invisible(typed text) returns text language sql as $$
    select regexp_replace(typed,
        '[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]',
        '', 'g')
$$;

create function pg_temp.address(typed text) returns text language plpgsql as $$
declare
    bare text := lower(normalize(pg_temp.without_invisible(typed), NFC));
    local text;
    domain text;
begin
    bare := regexp_replace(bare, '^.*<([^<>]*)>[;, ]*$', '\1');
    bare := btrim(regexp_replace(btrim(bare), '^mailto:', ''), E' \t\r\n;,.<>"');
    local := regexp_replace(bare, '@[^@]*$', '');
    domain := regexp_replace(bare, '^.*@', '');
    if bare !~ '@' or local ~ '[^\x01-\x7f]' then
        return typed;
    end if;
    select string_agg(case when label ~ '[^\x01-\x7f]' then pg_temp.punycode(label) else label end,
        '.' order by place)
    into domain from regexp_split_to_table(domain, '[.。．｡]') with ordinality as labels (label, place);
    return case when length(local || domain) > 253 then typed else local || '@' || domain end;
end
$$;

do $$
declare
    suspect constant text := '[^\x01-\x7f]|[<>;,"\s]|^mailto:|\.$';
    old record;
begin
    for old in select id, email from users where email ~ suspect
        order by email_verified_at nulls last, created_at
    loop
        begin
            update users set email = pg_temp.address(old.email) where id = old.id;
        exception when unique_violation or check_violation then null;
        end;
    end loop;
    for old in select id, email from event_staff where email ~ suspect loop
        begin
            update event_staff set email = pg_temp.address(old.email) where id = old.id;
        exception when unique_violation or check_violation then null;
        end;
    end loop;
    for old in select id, code from promo_codes where code ~ '[^\x01-\x7f]' loop
        begin
            update promo_codes
            set code = upper(btrim(normalize(pg_temp.without_invisible(old.code), NFC)))
            where id = old.id;
        exception when unique_violation or check_violation then null;
        end;
    end loop;
    update transfers set recipient_email = pg_temp.address(recipient_email)
    where recipient_email ~ suspect;
    update comp_guests set email = pg_temp.address(email) where email ~ suspect;
    update email_tokens set email = pg_temp.address(email) where email ~ suspect;
end
$$;
