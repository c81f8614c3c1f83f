namespace Spud.Conformance.Drafting;

/// <summary>A draft model whose logits are made up of the last two tokens of what it is given, so that they depend on the whole call.</summary>
/// <param name="vocabulary">V.</param>
internal sealed class TestDraftModel(int vocabulary) : IDraftModel
{
    private readonly float[] _logits = new float[vocabulary];

    public ReadOnlySpan<float> Next(in DraftText text, ReadOnlySpan<int> drafted)
    {
        text.Cancellation.ThrowIfCancellationRequested();
        int tokens = text.Ids.Length + drafted.Length;
        if (tokens > DrafterRig.ContextTokens)
            return [];

        uint state = (uint)(At(tokens - 1, text, drafted) + 31 * (tokens > 1 ? At(tokens - 2, text, drafted) : 0)) + 1;
        for (int id = 0; id < _logits.Length; id++)
        {
            state = state * 1664525 + 1013904223;
            _logits[id] = (state >> 8) % 1000 / 100f;
        }

        return _logits;
    }

    private static int At(int position, in DraftText text, ReadOnlySpan<int> drafted) =>
        position < text.Ids.Length ? text.Ids[position] : drafted[position - text.Ids.Length];
}
