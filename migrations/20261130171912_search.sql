-- What a text is found by: without case, accents and the marks between words, so that `konig` finds
-- König and `obrien` O’Brien. The same is made of what is looked for. It is a function of our own
-- because managed databases do not always have the extension `unaccent`.
create function fold(of text) returns text language sql immutable parallel safe
    return case
        when octet_length(of) = char_length(of)
            then translate(lower(of), '-/\_,;|''`"', '       ')
        else translate(
            replace(replace(replace(replace(
                regexp_replace(
                    lower(normalize(lower(of), nfkd)),
                    -- Accents, vowel points, and characters that show nothing.
                    '[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u0610-\u061a\u0640\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]',
                    '', 'g'),
                'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
            U&'-/\005C_,;|\00A0\2010\2011\2012\2013\2014\2015\2212\00B7\2022øđðłħŧıĸς''`"\00B4\2018\2019\201A\201C\201D\201E\02BC\00AB\00BB',
            '                 oddlhtikσ')
        end;

-- What is kept of a text to look for words in: as it is written, and with German umlauts written out.
create function search_text(of text) returns text language sql immutable parallel safe
    return fold(of) || case when of ~ '[äöüÄÖÜ]'
        then ' ' || fold(replace(replace(replace(replace(replace(replace(of, 'ä', 'ae'), 'ö', 'oe'),
            'ü', 'ue'), 'Ä', 'Ae'), 'Ö', 'Oe'), 'Ü', 'Ue'))
        else '' end;

-- The words that are looked for, as patterns: a text is found by `search_text like all (…)`, which
-- holds when it has every word, in any order, whole or as a part.
create function search_words(of text) returns text[] language sql immutable parallel safe
    return (select coalesce(array_agg('%' || regexp_replace(word, '([\\%_])', '\\\1', 'g') || '%'), '{}')
        from regexp_split_to_table(btrim(fold(of)), '\s+') as word);

alter table events add column search_text text not null
    generated always as (search_text(title || ' ' || venue || ' ' || city)) stored;
