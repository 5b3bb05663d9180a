-- The language that someone is written to in, and how dates, numbers and money are written: de-AT.
alter table users
    add column locale text not null default 'en' check (char_length(locale) between 2 and 12);
