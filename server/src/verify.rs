//! `boxoffice verify`: stock, money and tickets prove themselves. Each rule is a query that counts
//! what it checks and lists what breaks it; all of them see one snapshot of the database.

use std::fmt;

use sqlx::{PgConnection, PgPool};

use crate::error::Result;

/// A rule: its name, what must hold, a count of what is checked, and the violations as text.
struct Rule {
    name: &'static str,
    holds: &'static str,
    count: &'static str,
    violations: &'static str,
}

/// How many violations of one rule are listed.
const SHOWN: usize = 5;

const RULES: &[Rule] = &[
    Rule {
        name: "capacity",
        holds: "live tickets of a type and of an event never exceed capacity",
        count: "select count(*) from ticket_types",
        violations: "select t.id || ': ' || l.live || ' live of ' || t.capacity
            from ticket_types t
            join (select ticket_type_id, count(*) as live from all_tickets
                where state in ('valid', 'checked_in') group by ticket_type_id) l
                on l.ticket_type_id = t.id
            where l.live > t.capacity",
    },
    Rule {
        name: "sold",
        holds: "sold = live tickets + held by pending orders and for guests",
        count: "select count(*) from ticket_types",
        violations: "select t.id || ': sold ' || t.sold || ', held ' || t.held || ', live '
                || coalesce(l.live, 0) || ', pending ' || coalesce(p.pending, 0)
                || ', guests ' || coalesce(g.waiting, 0)
            from ticket_types t
            left join (select ticket_type_id, count(*) as live from all_tickets
                where state in ('valid', 'checked_in') group by ticket_type_id) l
                on l.ticket_type_id = t.id
            left join (select l.ticket_type_id, sum(l.quantity) as pending
                from orders o join order_lines l on l.order_id = o.id
                where o.state = 'pending' group by l.ticket_type_id) p on p.ticket_type_id = t.id
            left join (select ticket_type_id, sum(total - done) as waiting
                from comp_batches where finished_at is null group by ticket_type_id) g
                on g.ticket_type_id = t.id
            where t.held <> coalesce(p.pending, 0) + coalesce(g.waiting, 0)
                or t.sold <> coalesce(l.live, 0) + t.held",
    },
    Rule {
        name: "issued",
        holds: "a paid line has exactly its quantity of tickets in a row, any other line none",
        count: "select count(*) from order_lines l join orders o on o.id = l.order_id
            where o.kind <> 'refund'",
        violations: "select l.order_id || ' line ' || l.line || ': ' || coalesce(t.issued, 0)
                || ' of ' || l.quantity
            from order_lines l join orders o on o.id = l.order_id
            left join (select order_id, line, count(*) as issued, min(number) as first,
                    max(number) as last
                from all_tickets group by order_id, line) t
                on t.order_id = l.order_id and t.line = l.line
            where o.kind <> 'refund' and case when o.state = 'paid'
                then coalesce(t.issued, 0) <> l.quantity or t.first is distinct from l.first_number
                    or t.last - t.first + 1 is distinct from l.quantity
                else t.issued is not null or l.first_number is not null end",
    },
    Rule {
        name: "totals",
        holds: "an order's total is the sum of its lines",
        count: "select count(*) from orders",
        violations: "select o.id || ': ' || o.total || ' is not ' || coalesce(l.total, 0)
            from orders o
            left join (select order_id, sum(quantity * unit_price - discount) as total
                from order_lines group by order_id) l on l.order_id = o.id
            where o.total * case o.kind when 'refund' then -1 else 1 end <> coalesce(l.total, 0)",
    },
    Rule {
        name: "origin",
        holds: "a ticket comes from exactly one line of a purchase or comp",
        count: "select count(*) from all_tickets",
        violations: "select t.event_id || ' no. ' || t.number
            from all_tickets t
            left join order_lines l on l.order_id = t.order_id and l.line = t.line
            left join orders o on o.id = l.order_id
            where o.kind is null or o.kind = 'refund'",
    },
    Rule {
        name: "holder",
        holds: "a live ticket has one holder or one pending transfer, a dead one neither",
        count: "select count(*) from all_tickets",
        violations: "select t.event_id || ' no. ' || t.number || ': ' || t.state || ', '
                || count(h.user_id) || ' holders, ' || count(p.id) || ' pending transfers'
            from all_tickets t
            left join all_ticket_user h on h.event_id = t.event_id and h.number = t.number
            left join transfers p
                on p.event_id = t.event_id and p.number = t.number and p.state = 'pending'
            group by t.event_id, t.number, t.state
            having case when t.state in ('valid', 'checked_in')
                then count(h.user_id) + count(p.id) <> 1
                else count(h.user_id) + count(p.id) <> 0 end
            union all
            select h.event_id || ' no. ' || h.number || ': a holder of no ticket'
            from all_ticket_user h
            left join all_tickets t on t.event_id = h.event_id and t.number = h.number
            where t.number is null",
    },
    Rule {
        name: "transfers",
        holds: "one pending transfer a ticket; accepted ones lead from buyer to holder, a code each",
        count: "select count(*) from transfers",
        violations: "select event_id || ' no. ' || number || ': ' || count(*) || ' pending'
            from transfers where state = 'pending' group by event_id, number having count(*) > 1
            union all
            select a.event_id || ' no. ' || a.number || ': transfer ' || a.id || ' breaks the chain'
            from (select t.*, lag(recipient_id) over chain as giver, lead(id) over chain as next
                from transfers t where state = 'accepted'
                window chain as (partition by event_id, number order by decided_at, id)) a
            join all_tickets t on t.event_id = a.event_id and t.number = a.number
            join orders o on o.id = t.order_id
            left join all_ticket_user h on h.event_id = a.event_id and h.number = a.number
            where (o.kind = 'purchase' and a.sender_id <> coalesce(a.giver, o.user_id))
                or (a.giver is not null and a.sender_id <> a.giver)
                or (a.next is null and h.user_id <> a.recipient_id)
            union all
            select t.event_id || ' no. ' || t.number || ': is used while it is on its way'
            from transfers f
            join all_tickets t on t.event_id = f.event_id and t.number = f.number
            where f.state = 'pending' and t.state = 'checked_in'
            union all
            select t.event_id || ' no. ' || t.number || ': code ' || t.code_version || ' after '
                || count(*) || ' acceptances'
            from transfers f
            join all_tickets t on t.event_id = f.event_id and t.number = f.number
            where f.state = 'accepted'
            group by t.event_id, t.number, t.code_version having t.code_version <= count(*)",
    },
    Rule {
        name: "refunds",
        holds: "a ticket is refunded once for what was paid, an order for at most its total, a comp never",
        count: "select count(*) from refunded_tickets",
        violations: "select r.event_id || ' no. ' || r.number || ': ' || r.amount || ' refunded'
            from refunded_tickets r
            join orders refund on refund.id = r.refund_id
            left join all_tickets t on t.event_id = r.event_id and t.number = r.number
            left join orders o on o.id = t.order_id
            left join order_lines l on l.order_id = t.order_id and l.line = t.line
            where refund.kind <> 'refund' or o.kind is distinct from 'purchase'
                or o.id is distinct from refund.purchase_id
                or r.amount <> l.unit_price
                    - (l.discount * (t.number - l.first_number + 1) / l.quantity
                        - l.discount * (t.number - l.first_number) / l.quantity)
            union all
            select l.order_id || ' line ' || l.line || ': ' || count(r.number) || ' tickets for '
                || coalesce(sum(r.amount), 0)
            from order_lines l join orders o on o.id = l.order_id
            left join refunded_tickets r on r.refund_id = l.order_id and r.line = l.line
            where o.kind = 'refund'
            group by l.order_id, l.line
            having count(r.number) <> l.quantity
                or sum(r.amount) is distinct from l.unit_price * l.quantity - l.discount
            union all
            select o.id || ': more refunded than paid'
            from orders o join orders r on r.purchase_id = o.id
            group by o.id, o.total having o.total + sum(r.total) < 0",
    },
    Rule {
        name: "states",
        holds: "a ticket's state agrees with refunds, revocations and check-ins, both ways",
        count: "select count(*) from all_tickets",
        violations: "select t.event_id || ' no. ' || t.number || ': ' || t.state
            from all_tickets t
            left join refunded_tickets r on r.event_id = t.event_id and r.number = t.number
            left join orders refund on refund.id = r.refund_id
            left join revoked_tickets v on v.event_id = t.event_id and v.number = t.number
            left join check_ins c on c.event_id = t.event_id and c.number = t.number
                and c.undone_at is null
            where (t.state = 'refunded') <> (r.number is not null)
                or (t.state = 'revoked') <> (v.number is not null)
                or (t.state = 'checked_in' and c.number is null)
                or (t.state = 'valid' and c.number is not null)
                or v.revoked_at < c.scanned_at or refund.created_at < c.scanned_at",
    },
    Rule {
        name: "comps",
        holds: "every guest of a finished batch has a ticket of it, and a comp has a guest",
        count: "select count(*) from comp_guests",
        violations: "select b.id || ': ' || b.done || ' of ' || b.total || ' given, '
                || count(g.number) || ' have a ticket'
            from comp_batches b left join comp_guests g on g.batch_id = b.id
            group by b.id having b.done <> count(g.number)
                or (b.finished_at is null and b.total <> count(*))
            union all
            select t.event_id || ' no. ' || t.number || ': a comp without a guest'
            from orders o join order_lines l on l.order_id = o.id
            join all_tickets t on t.order_id = l.order_id and t.line = l.line
            left join comp_guests g on g.event_id = t.event_id and g.number = t.number
            where o.kind = 'comp' and g.number is null
            union all
            select c.event_id || ': called off and paid back, with ' || count(*) || ' live tickets'
            from cancellations c
            join all_tickets t on t.event_id = c.event_id and t.state in ('valid', 'checked_in')
            where c.finished_at is not null group by c.event_id",
    },
    Rule {
        name: "waiting",
        holds: "an offer of the waiting list is a pending order for just what its party waits for",
        count: "select count(*) from waiting_parties",
        violations: "select w.id || ': waits with an order that is ' || o.state
            from waiting_parties w join orders o on o.id = w.order_id
            where w.closed_at is null and o.state <> 'pending'
            union all
            select w.id || ': ' || l.quantity || ' offered for ' || w.quantity
            from waiting_parties w join orders o on o.id = w.order_id
            join order_lines l on l.order_id = o.id
            where o.user_id <> w.user_id or l.ticket_type_id <> w.ticket_type_id
                or l.quantity <> w.quantity
            union all
            select o.id || ': an offer to nobody' from orders o
            where o.payment = 'offer' and o.state = 'pending'
                and not exists (select from waiting_parties
                    where order_id = o.id and closed_at is null)",
    },
    Rule {
        name: "admissions",
        holds: "at most one admission of a ticket at a time, and one for each scan found valid",
        count: "select (select count(*) from check_ins) + (select count(*) from scans)",
        violations: "select event_id || ' no. ' || number || ': ' || count(*) || ' admissions'
            from check_ins where undone_at is null group by event_id, number having count(*) > 1
            union all
            select s.event_id || ' scan ' || s.nonce || ': ' || s.verdict || ', '
                || case when c.id is null then 'no admission' else 'an admission' end
            from scans s left join check_ins c on c.event_id = s.event_id and c.nonce = s.nonce
            where (s.verdict = 'valid') <> (c.id is not null)",
    },
    Rule {
        name: "promos",
        holds: "a promo code counts its uses, at most its limit",
        count: "select count(*) from promo_codes",
        violations: "select p.code || ': counts ' || p.used || ', has ' || count(u.order_id)
            from promo_codes p left join promo_uses u on u.promo_code_id = p.id
            group by p.id having p.used <> count(u.order_id) or p.used > p.max_uses",
    },
    Rule {
        name: "keys",
        holds: "one order for a user's idempotency key",
        count: "select count(*) from orders",
        violations: "select user_id || ' ' || idempotency_key || ': ' || count(*) || ' orders'
            from orders group by user_id, idempotency_key having count(*) > 1",
    },
    Rule {
        name: "edges",
        holds: "ticket, type, line and event belong together",
        count: "select count(*) from all_tickets",
        violations: "select t.event_id || ' no. ' || t.number
            from all_tickets t
            join order_lines l on l.order_id = t.order_id and l.line = t.line
            join ticket_types y on y.id = t.ticket_type_id
            where t.event_id <> l.event_id or t.ticket_type_id <> l.ticket_type_id
                or y.event_id <> t.event_id
            union all
            select l.order_id || ' line ' || l.line || ': of no order, or of no ticket type'
            from order_lines l
            left join orders o on o.id = l.order_id
            left join ticket_types y on y.event_id = l.event_id and y.id = l.ticket_type_id
            where o.id is null or y.id is null
            union all
            select o.id || ': priced in ' || o.currency || ', its event in ' || e.currency
            from orders o join order_lines l on l.order_id = o.id join events e on e.id = l.event_id
            where o.currency <> e.currency",
    },
    Rule {
        name: "limits",
        holds: "limits per person hold",
        count: "select count(*) from events where max_per_user is not null",
        violations: "select e.id || ': ' || o.user_id || ' bought '
                || sum(case o.kind when 'refund' then -l.quantity else l.quantity end)
                || ' of ' || e.max_per_user
            from events e join order_lines l on l.event_id = e.id join orders o on o.id = l.order_id
            where e.max_per_user is not null and o.kind <> 'comp' and o.state in ('paid', 'pending')
            group by e.id, o.user_id
            having sum(case o.kind when 'refund' then -l.quantity else l.quantity end) > e.max_per_user",
    },
    Rule {
        name: "numbers",
        holds: "an event's tickets are numbered 1, 2, 3, … without a gap",
        count: "select count(*) from event_stock",
        violations: "select s.event_id || ': next is ' || s.next_number || ' after '
                || coalesce(t.issued, 0) || ' tickets up to ' || coalesce(t.last, 0)
            from event_stock s
            left join (select event_id, count(*) as issued, max(number) as last
                from all_tickets group by event_id) t on t.event_id = s.event_id
            where s.next_number - 1 <> coalesce(t.issued, 0)
                or s.next_number - 1 <> coalesce(t.last, 0)",
    },
    Rule {
        name: "secrets",
        holds: "passwords are argon2id; a session has at most one live refresh token",
        count: "select (select count(*) from users) + (select count(*) from sessions)",
        violations: "select id || ': no argon2id hash' from users
            where deleted_at is null and password_hash not like '$argon2id$%'
            union all
            select session_id || ': ' || count(*) || ' live refresh tokens'
            from refresh_tokens where used_at is null group by session_id having count(*) > 1",
    },
    Rule {
        name: "accounts",
        holds: "a deleted or suspended account has no live session, a deleted one no event to come",
        count: "select count(*) from users where deleted_at is not null",
        violations: "select s.id || ': a live session of a closed account'
            from sessions s join users u on u.id = s.user_id
            where (u.deleted_at is not null or u.suspended_at is not null)
                and s.revoked_at is null and s.expires_at > now()
            union all
            select e.id || ': published by a deleted account'
            from events e join users u on u.id = e.organizer_id
            where u.deleted_at is not null and e.status = 'published' and e.ends_at > now()",
    },
    Rule {
        name: "stuck",
        holds: "no order is pending 15 minutes past its time, no transaction idle over 5 s",
        count: "select count(*) from orders where state = 'pending'",
        violations: "select id || ': pending since ' || created_at from orders
            where state = 'pending' and expires_at < now() - interval '15 minutes'
            union all
            select 'connection ' || pid || ': idle in a transaction since ' || state_change
            from pg_stat_activity where datname = current_database()
                and state like 'idle in transaction%' and state_change < now() - interval '5 seconds'",
    },
];

/// What was checked and found.
#[derive(Debug)]
pub struct Report {
    findings: Vec<Finding>,
}

#[derive(Debug)]
struct Finding {
    name: &'static str,
    holds: &'static str,
    checked: i64,
    violations: Vec<String>,
}

impl Report {
    /// Whether no rule is violated.
    pub fn is_clean(&self) -> bool {
        self.violated().next().is_none()
    }

    /// The names of the rules that are violated.
    pub fn violated(&self) -> impl Iterator<Item = &'static str> {
        self.findings
            .iter()
            .filter(|finding| !finding.violations.is_empty())
            .map(|finding| finding.name)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<12}{:>12}{:>12}  rule", "", "checked", "violations")?;
        for finding in &self.findings {
            let violations = finding.violations.len();
            writeln!(
                f,
                "{:<12}{:>12}{violations:>12}  {}",
                finding.name, finding.checked, finding.holds
            )?;
            for violation in finding.violations.iter().take(SHOWN) {
                writeln!(f, "    {violation}")?;
            }
            if violations > SHOWN {
                writeln!(f, "    and {} more", violations - SHOWN)?;
            }
        }
        let broken = self.violated().count();
        match broken {
            0 => write!(f, "All {} rules hold.", self.findings.len()),
            1 => write!(f, "1 rule is violated."),
            broken => write!(f, "{broken} rules are violated."),
        }
    }
}

/// Checks every rule on one snapshot of the database.
pub async fn run(db: &PgPool) -> Result<Report> {
    let mut transaction = db
        .begin_with("begin isolation level repeatable read read only")
        .await?;
    // A large database takes longer than a request may.
    sqlx::raw_sql("set local statement_timeout = 0")
        .execute(&mut *transaction)
        .await?;
    let mut findings = Vec::new();
    for rule in RULES {
        findings.push(check(&mut transaction, rule).await?);
    }
    transaction.rollback().await?;
    Ok(Report { findings })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the rules are data; a test shows each of them a violation"
)]
async fn check(connection: &mut PgConnection, rule: &Rule) -> Result<Finding> {
    Ok(Finding {
        name: rule.name,
        holds: rule.holds,
        checked: sqlx::query_scalar(rule.count)
            .fetch_one(&mut *connection)
            .await?,
        violations: sqlx::query_scalar(rule.violations)
            .fetch_all(connection)
            .await?,
    })
}
