using System.Globalization;
using System.Text.Json;
using Spud.Sampling;
using Spud.Server.Http;
using Spud.Server.Models;

namespace Spud.Server.Generation;

/// <summary>The fields that say how a token is chosen.</summary>
internal static class SamplingFields
{
    /// <summary>Reads them; what is absent is what the model recommends.</summary>
    /// <param name="fields">The request.</param>
    /// <param name="lease">The model.</param>
    /// <param name="logProbabilities">Number of log-probabilities to report; 0 for none.</param>
    public static SamplingOptions Read(in Fields fields, ModelLease lease, int logProbabilities)
    {
        SamplingOptions usual = lease.Model.RecommendedSampling;
        float presence = (float)(fields.Number("presence_penalty", -2, 2) ?? 0), frequency = (float)(fields.Number("frequency_penalty", -2, 2) ?? 0);
        string repetition = fields.Has("repeat_penalty") ? "repeat_penalty" : "repetition_penalty";
        return usual with
        {
            Temperature = (float?)fields.Number("temperature", 0, 2) ?? lease.Settings.Temperature ?? usual.Temperature,
            TopP = (float?)fields.Number("top_p", 0, 1) ?? usual.TopP,
            TopK = (int?)fields.Integer("top_k", 0, int.MaxValue) ?? usual.TopK,
            MinP = (float?)fields.Number("min_p", 0, 1) ?? usual.MinP,
            RepetitionPenalty = (float?)fields.Number(repetition, 0.01, 100) ?? usual.RepetitionPenalty,
            PresencePenalty = presence,
            FrequencyPenalty = frequency,
            // The API's penalties count the whole text.
            RepetitionWindow = presence != 0 || frequency != 0 ? lease.Model.Pipeline.Limits.ContextTokens : usual.RepetitionWindow,
            LogitBias = Bias(fields, lease.Model.Tokenizer.VocabularySize),
            Seed = (ulong?)fields.Integer("seed", long.MinValue, long.MaxValue),
            LogProbabilities = logProbabilities,
        };
    }

    private static Dictionary<int, float>? Bias(in Fields fields, int vocabulary)
    {
        if (fields.Object("logit_bias") is not { } object_)
            return null;

        Dictionary<int, float> bias = [];
        foreach (JsonProperty entry in object_.Element.EnumerateObject())
        {
            if (!int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) || id >= vocabulary)
                throw ApiException.Invalid("logit_bias", $"'{(entry.Name.Length > 40 ? entry.Name[..40] : entry.Name)}' is not a token id; expected 0 to {vocabulary - 1}, as /tokenize shows them.", "invalid_value");

            bias[id] = (float)object_.Number(entry.Name, -100, 100)!.Value;
        }

        return bias;
    }
}
