using Spud.Server.Http;

namespace Spud.Server.Generation;

/// <summary>The fields <c>effort</c> (0 to 1) and <c>experts</c> (experts per token to aim at, at most what the model uses).</summary>
internal static class EffortFields
{
    /// <summary>The effort; null for the pipeline's.</summary>
    public static float? Read(in Fields fields, LanguageModel model)
    {
        double? effort = fields.Number("effort", 0, 1);
        if (!fields.Has("experts"))
            return (float?)effort;
        if (effort is not null)
            throw ApiException.Invalid("experts", "it sets the effort; give either 'experts' or 'effort'.", "invalid_value");

        int used = model.Pipeline.Model.Layers.Max(static layer => layer.Experts > 1 ? layer.ExpertsUsed : 0);
        if (used == 0)
            throw ApiException.Unsupported("experts", "this model is dense: each token uses all of its weights.");

        return (float)(fields.Number("experts", 1, used)!.Value / used);
    }
}
