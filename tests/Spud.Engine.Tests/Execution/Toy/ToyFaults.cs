namespace Spud.Tests.Execution.Toy;

/// <summary>Called by every toy component at every call: a test throws here, cancels here, or counts.</summary>
internal sealed class ToyFaults
{
    /// <summary>Verb ("Embed", "Project", …), layer (-1 for the head), ids of the step's sequences.</summary>
    public Action<string, int, int[]>? OnCall { get; set; }

    /// <summary>Sees the step of every call.</summary>
    public Action<Step>? OnStep { get; set; }

    public void At(string verb, int layer, in Step step)
    {
        OnStep?.Invoke(step);
        if (OnCall is not { } act)
            return;

        int[] ids = new int[step.Sequences.Length];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = step.Sequences[i].Id;

        act(verb, layer, ids);
    }

    /// <summary>Throws at one verb and layer whenever the sequence takes part.</summary>
    public void Throw(string verb, int layer, int sequence) => OnCall = (at, where, ids) =>
    {
        if (at == verb && where == layer && ids.Contains(sequence))
            throw new ToyException($"no {verb} today");
    };
}

internal sealed class ToyException(string message) : Exception(message);
