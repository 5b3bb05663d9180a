-- Tickets that are sent together are an offer: one letter, and one link that shows all of them.
alter table transfers
    add column offer_id uuid not null default gen_random_uuid(),
    -- Null until the letter is written, which tells the link.
    alter column claim_token_hash drop not null,
    drop constraint transfers_claim_token_key;
create index transfers_claim_token on transfers (claim_token_hash);
create index transfers_offer on transfers (offer_id);
create index transfers_pending on transfers (event_id) where state = 'pending';
