-- The wallet asks for everything that one waits for.
create index waiting_parties_of_user on waiting_parties (user_id) where closed_at is null;
