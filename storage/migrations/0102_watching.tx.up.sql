-- Counting the jobs that were given up, and threads by their state, reads no
-- others.
CREATE INDEX IF NOT EXISTS jobs_parked ON jobs (id) WHERE status = 2;
CREATE INDEX IF NOT EXISTS threads_state ON threads (state);
