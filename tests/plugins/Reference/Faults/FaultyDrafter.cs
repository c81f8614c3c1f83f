using Spud;

namespace Reference;

/// <summary>The drafter with one fault.</summary>
internal sealed class FaultyDrafter(DrafterOptions options, DrafterBuild build) : ReferenceDrafter(options, build), IDrafter
{
    private readonly List<int>[] _texts = [.. Enumerable.Range(0, build.Limits.Sequences).Select(static _ => new List<int>())];
    private readonly Fault _fault = options.Fault;
    private readonly int _vocabulary = build.Model.Vocabulary;
    private readonly Random _random = new();
    private object? _last;

    void IDrafter.Propose(in DraftText text, Draft draft)
    {
        if (_fault is not (Fault.KeepsOldText or Fault.ReadsOneSequence))
        {
            Propose(text, draft);
            return;
        }

        List<int> remembered = _texts[_fault == Fault.ReadsOneSequence ? 0 : text.Sequence];
        if (_fault == Fault.ReadsOneSequence && text.Unchanged < remembered.Count)
            remembered.RemoveRange(text.Unchanged, remembered.Count - text.Unchanged);

        remembered.AddRange(text.Ids[Math.Min(remembered.Count, text.Ids.Length)..]);
        Propose(text with { Ids = remembered.ToArray() }, draft);
    }

    protected override void Add(Draft draft, int token, int choices)
    {
        switch (_fault)
        {
            case Fault.MakesUpTokens:
                draft.Add(_vocabulary);
                break;
            case Fault.DraftsTooMuch:
                while (draft.Count < Draft.MaxTokensOfAny)
                    base.Add(draft, token, choices);
                base.Add(draft, token, choices);
                break;
            case Fault.LosesProbability when choices > 0:
                Probabilities(choices)[0] /= 2;
                base.Add(draft, token, choices);
                break;
            case Fault.IsRandom:
                draft.Add(_random.Next(_vocabulary));
                break;
            case Fault.Allocates:
                _last = new object();
                base.Add(draft, token, choices);
                break;
            default:
                base.Add(draft, token, choices);
                break;
        }
    }
}
