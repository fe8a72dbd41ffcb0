-- What others refer to is never deleted, whoever asks; so a reference need not be proved anew with every row.

CREATE TRIGGER organisations_are_kept BEFORE DELETE ON organisations FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER members_are_kept BEFORE DELETE ON members FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER submissions_are_kept BEFORE DELETE ON submissions FOR EACH ROW EXECUTE FUNCTION refuse_change();
