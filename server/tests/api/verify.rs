//! `verify` must find what is wrong; each rule is shown a violation of itself.

use api::orders::Order;
use server::verify;
use sqlx::PgPool;

use crate::support::{EventBuilder, TestApp};

/// Breaks something and says which rules have noticed.
async fn noticed(app: &TestApp, sabotage: &'static str) -> Vec<&'static str> {
    sqlx::raw_sql(sabotage)
        .execute(&app.db)
        .await
        .expect("the sabotage works");
    let report = verify::run(&app.db).await.expect("verified");
    report.violated().collect()
}

async fn sold(db: PgPool) -> TestApp {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night")
        .max_per_user(4)
        .create(&app, &olga)
        .await;
    ada.buy(&[(event.types[0], 3)]).await.created::<Order>();
    app
}

#[sqlx::test(migrations = "../migrations")]
async fn a_sound_database_is_clean(db: PgPool) {
    let app = sold(db).await;
    let report = verify::run(&app.db).await.expect("verified");
    assert!(report.is_clean(), "{report}");
    assert!(report.to_string().contains("checked"), "{report}");
}

macro_rules! sabotage {
    ($($name:ident: $sql:literal => $rule:literal;)*) => {$(
        #[sqlx::test(migrations = "../migrations")]
        async fn $name(db: PgPool) {
            let app = sold(db).await;
            let rules = noticed(&app, $sql).await;
            assert!(rules.contains(&$rule), "{rules:?}");
        }
    )*};
}

sabotage! {
    more_tickets_than_capacity:
        "alter table ticket_types drop constraint ticket_types_never_oversold;
         update ticket_types set capacity = 2" => "capacity";
    a_counter_that_forgot_a_ticket:
        "update ticket_types set sold = 2" => "sold";
    a_paid_line_without_all_its_tickets:
        "delete from ticket_user where number = 3; delete from tickets where number = 3" => "issued";
    a_total_that_is_no_sum:
        "update orders set total = total + 1" => "totals";
    a_ticket_of_no_line:
        "update tickets set line = 2 where number = 3" => "origin";
    a_live_ticket_without_a_holder:
        "delete from ticket_user where number = 3" => "holder";
    a_dead_ticket_with_a_holder:
        "update tickets set state = 'revoked' where number = 3" => "holder";
    two_pending_transfers:
        "drop index transfers_one_pending;
         insert into transfers (id, event_id, number, sender_id, recipient_email, claim_token_hash)
         select gen_random_uuid(), event_id, number, user_id, 'x@example.com', sha256(n::text::bytea)
         from ticket_user, generate_series(1, 2) n where number = 3;
         delete from ticket_user where number = 3" => "transfers";
    a_chain_that_leads_elsewhere:
        "insert into transfers (id, event_id, number, sender_id, recipient_email, recipient_id,
            claim_token_hash, state, decided_at)
         select gen_random_uuid(), event_id, number, user_id, 'x@example.com', o.id, null,
            'accepted', now()
         from ticket_user, users o where number = 3 and o.name = 'Olga';
         update tickets set code_version = 2 where number = 3" => "transfers";
    a_ticket_used_on_its_way:
        "insert into transfers (id, event_id, number, sender_id, recipient_email)
         select gen_random_uuid(), event_id, number, user_id, 'x@example.com'
         from ticket_user where number = 3;
         delete from ticket_user where number = 3;
         update tickets set state = 'checked_in' where number = 3" => "transfers";
    an_old_code_that_still_works:
        "insert into transfers (id, event_id, number, sender_id, recipient_email, recipient_id,
            state, decided_at)
         select gen_random_uuid(), h.event_id, number, h.user_id, 'x@example.com', o.id,
            'accepted', now()
         from ticket_user h, users o where number = 3 and o.name = 'Olga';
         update ticket_user set user_id = (select id from users where name = 'Olga')
         where number = 3" => "transfers";
    a_refund_of_nothing_paid:
        "insert into orders select gen_random_uuid(), user_id, 'refund', 'paid', currency, -9999,
            payment, gen_random_uuid(), request_hash, id, now(), null from orders;
         insert into order_lines select o.id, 1, l.event_id, l.ticket_type_id, 1, 9999, 0, null
         from orders o, order_lines l where o.kind = 'refund';
         insert into refunded_tickets (event_id, number, refund_id, line, amount, refunded_by)
         select l.event_id, 3, o.id, 1, 9999, o.user_id from order_lines l
         join orders o on o.id = l.order_id where l.unit_price = 9999" => "refunds";
    a_deleted_account_with_an_event_to_come:
        "update users set email = null, email_verified_at = null, password_hash = null,
            deleted_at = now() where name = 'Olga'; delete from sessions" => "accounts";
    a_session_that_outlives_its_account:
        "update users set email = null, email_verified_at = null, password_hash = null,
            deleted_at = now() where name = 'Ada'" => "accounts";
    a_session_of_a_suspended_account:
        "update users set suspended_at = now() where name = 'Ada'" => "accounts";
    an_offer_that_nobody_is_told_of:
        "update orders set payment = 'offer', state = 'pending', expires_at = now()" => "waiting";
    a_party_that_waits_with_a_decided_order:
        "insert into waiting_parties (id, event_id, ticket_type_id, user_id, quantity, order_id)
         select gen_random_uuid(), event_id, ticket_type_id, user_id, quantity, id
         from orders join order_lines on id = order_id" => "waiting";
    a_comp_without_a_guest:
        "update orders set kind = 'comp', total = 0; update order_lines set unit_price = 0" => "comps";
    an_event_paid_back_with_tickets_left:
        "insert into cancellations (event_id, cancelled_by, total, finished_at)
         select id, organizer_id, 3, now() from events" => "comps";
    a_guest_who_is_not_counted:
        "insert into comp_batches (id, event_id, ticket_type_id, given_by, idempotency_key,
            request_hash, total)
         select gen_random_uuid(), event_id, ticket_type_id, user_id, gen_random_uuid(),
            request_hash, 2 from order_lines join orders on id = order_id" => "sold";
    a_refund_line_without_its_ticket:
        "insert into orders select gen_random_uuid(), user_id, 'refund', 'paid', currency, -2500,
            payment, gen_random_uuid(), request_hash, id, now(), null from orders;
         insert into order_lines select o.id, 1, l.event_id, l.ticket_type_id, 1, 2500, 0, null
         from orders o, order_lines l where o.kind = 'refund'" => "refunds";
    a_ticket_admitted_after_its_refund:
        "insert into orders select gen_random_uuid(), user_id, 'refund', 'paid', currency, -2500,
            payment, gen_random_uuid(), request_hash, id, now(), null from orders;
         insert into order_lines select o.id, 1, l.event_id, l.ticket_type_id, 1, 2500, 0, null
         from orders o, order_lines l where o.kind = 'refund';
         insert into refunded_tickets (event_id, number, refund_id, line, amount, refunded_by)
         select l.event_id, 3, o.id, 1, 2500, o.user_id from order_lines l
         join orders o on o.id = l.order_id where o.kind = 'refund';
         update tickets set state = 'refunded' where number = 3;
         insert into check_ins (id, event_id, number, nonce, scanned_by, scanned_at)
         select gen_random_uuid(), event_id, number, gen_random_uuid(), user_id,
            now() + interval '1 minute' from ticket_user where number = 3;
         delete from ticket_user where number = 3;
         update ticket_types set sold = 2" => "states";
    a_refunded_ticket_without_a_refund:
        "update tickets set state = 'refunded' where number = 3" => "states";
    a_ticket_admitted_twice:
        "drop index check_ins_one_admission;
         insert into check_ins (id, event_id, number, nonce, scanned_by, scanned_at)
         select gen_random_uuid(), event_id, number, gen_random_uuid(), user_id, now()
         from ticket_user, generate_series(1, 2) where number = 3;
         update tickets set state = 'checked_in' where number = 3" => "admissions";
    a_valid_scan_that_let_nobody_in:
        "insert into scans (event_id, nonce, number, verdict, answer, let_in, gate, scanned_by,
            scanned_at)
         select event_id, gen_random_uuid(), number, 'valid', '{}', true, '', user_id, now()
         from ticket_user where number = 3" => "admissions";
    a_promo_code_used_more_than_it_counts:
        "insert into promo_codes (id, event_id, code, percent)
         select gen_random_uuid(), id, 'X', 10 from events;
         update orders set promo_code_id = p.id from promo_codes p"
        => "promos";
    one_key_for_two_orders:
        "alter table orders drop constraint orders_idempotency_key;
         insert into orders select gen_random_uuid(), user_id, kind, 'failed', currency, 0, payment,
            idempotency_key, request_hash, null, now(), null from orders" => "keys";
    a_ticket_of_another_type_than_its_line:
        "insert into ticket_types (id, event_id, position, name, price, capacity, max_per_order)
         select gen_random_uuid(), id, 1, 'Other', 0, 5, 5 from events;
         update tickets set ticket_type_id = (select id from ticket_types where name = 'Other')
         where number = 3" => "edges";
    a_line_of_no_order:
        "insert into order_lines (order_id, line, event_id, ticket_type_id, quantity, unit_price)
         select gen_random_uuid(), 1, event_id, id, 1, 0 from ticket_types" => "edges";
    a_line_of_no_ticket_type:
        "insert into order_lines (order_id, line, event_id, ticket_type_id, quantity, unit_price)
         select id, 2, gen_random_uuid(), gen_random_uuid(), 1, 0 from orders" => "edges";
    more_than_one_person_may_have:
        "update events set max_per_user = 2" => "limits";
    a_number_that_was_skipped:
        "update event_stock set next_number = 9" => "numbers";
    a_password_that_is_no_argon2id:
        "alter table users drop constraint users_password_hash_check;
         update users set password_hash = 'secret' where name = 'Ada'" => "secrets";
    an_order_pending_for_ever:
        "insert into orders select gen_random_uuid(), user_id, kind, 'pending', currency, 0, payment,
            gen_random_uuid(), request_hash, null, now(), now() - interval '1 hour' from orders"
        => "stuck";
}
