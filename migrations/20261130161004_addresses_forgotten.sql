-- A link to tickets proves whose address they were sent to once, and as long as it offers them.
alter table transfers add column proved_at timestamptz;
-- Found when an account is deleted, with all else that names its address.
create index comp_guests_email on comp_guests (email);
