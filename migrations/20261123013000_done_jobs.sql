-- Done jobs are forgotten after a while.
create index jobs_done on jobs (done_at) where done_at is not null;
