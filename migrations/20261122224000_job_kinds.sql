-- Letters that somebody waits for do not queue behind all others.
drop index jobs_due;
create index jobs_due on jobs (kind, run_at) where done_at is null;
