-- What the models answer speaks of the categories that are in use, by their names of today: a change of one is taken up like another model.
CREATE TRIGGER category_for_models AFTER INSERT OR UPDATE OR DELETE ON category
    FOR EACH STATEMENT EXECUTE FUNCTION model_changed();
