using Spud;

namespace Reference;

/// <summary>
/// Draws each token from what followed the token before it anywhere in the text, by how often. Every count is made anew, so there is nothing to remember.
/// At temperature 0 it chooses the most frequent one.
/// </summary>
internal class ReferenceDrafter(DrafterOptions options, DrafterBuild build) : IDrafter
{
    private readonly int[] _counts = new int[build.Model.Vocabulary], _choices = new int[build.Model.Vocabulary];
    private readonly float[] _probabilities = new float[build.Model.Vocabulary];

    public int MaxTokens => options.Length;

    public void Propose(in DraftText text, Draft draft)
    {
        int last = text.Ids[^1];
        while (draft.Count < draft.MaxTokens && Count(text.Ids, last) is > 0 and int all)
        {
            int choices = Share(all);
            last = text.Temperature == 0 ? _counts.AsSpan().IndexOf(_counts.Max()) : Drawn(text.Random[draft.Count], choices);
            Add(draft, last, text.Temperature == 0 ? 0 : choices);
        }
    }

    public void Dispose() => GC.SuppressFinalize(this);

    protected virtual void Add(Draft draft, int token, int choices) => draft.Add(token, Choices(choices), Probabilities(choices));

    protected ReadOnlySpan<int> Choices(int count) => _choices.AsSpan(0, count);

    protected Span<float> Probabilities(int count) => _probabilities.AsSpan(0, count);

    private int Count(ReadOnlySpan<int> ids, int before)
    {
        Array.Clear(_counts);
        int all = 0;
        for (int i = 1; i < ids.Length; i++)
        {
            if (ids[i - 1] == before)
                (_counts[ids[i]], all) = (_counts[ids[i]] + 1, all + 1);
        }

        return all;
    }

    private int Share(int all)
    {
        int choices = 0;
        for (int id = 0; id < _counts.Length; id++)
        {
            if (_counts[id] > 0)
                (_choices[choices], _probabilities[choices++]) = (id, _counts[id] / (float)all);
        }

        return choices;
    }

    private int Drawn(double random, int choices)
    {
        double sum = 0;
        for (int i = 0; i < choices - 1; i++)
        {
            if ((sum += _probabilities[i]) > random)
                return _choices[i];
        }

        return _choices[choices - 1];
    }
}
