using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Rigs;

/// <summary>Experts, one step and its plan.</summary>
internal sealed class ExpertsRig : Rig<IExperts>
{
    private readonly GuardedTensor _output;

    /// <param name="subject">Experts.</param>
    /// <param name="settings">What they are made of.</param>
    /// <param name="plan">By row; null: one or two experts a row.</param>
    /// <param name="inPlace">Whether the output is the input.</param>
    public ExpertsRig(Subject subject, RigSettings settings, (int Expert, float Weight)[][]? plan = null, bool inPlace = false)
        : base(subject, settings)
    {
        Planned = plan ?? PlanOf(Model, Slices);
        Step = NewStep();
        float[] input = Samples("input", Model.Hidden);
        Before = inPlace ? input : Samples("before", Model.Hidden);
        _output = Written("output", ElementType.F32, Rows, Model.Hidden);
        Read = inPlace ? _output : Input("input", input, Rows, Model.Hidden);
        Inputs = input;
        Plan = PlanView();
        Reset();
    }

    public Step Step { get; }

    /// <summary>What is read; the output where that is the input.</summary>
    public GuardedTensor Read { get; }

    /// <summary>[T, C]: what the experts read.</summary>
    public float[] Inputs { get; }

    /// <summary>[T, C]: what the output holds before the call.</summary>
    public float[] Before { get; }

    /// <summary>By row.</summary>
    public (int Expert, float Weight)[][] Planned { get; }

    public RoutingPlan Plan { get; }

    public override IReadOnlyList<Output> Outputs => [new("output", _output.Result(), Model.Hidden)];

    /// <summary>A plan whose rows depend on sequence and position alone: one or two experts, none where a shared one serves; one expert is never used.</summary>
    public static (int Expert, float Weight)[][] PlanOf(TestModel model, SequenceSlice[] slices) =>
        [.. slices.SelectMany(slice => Enumerable.Range(slice.FirstPosition, slice.Rows).Select(position => RowOf(model, slice.Id + position)))];

    public override void Run()
    {
        _output.Upload();
        Component.Execute(0, Step, Read.View, Plan, _output.View);
    }

    public override IEnumerable<(string What, Action Call)> WrongCalls()
    {
        yield return ("an input of another width", () => Component.Execute(0, Step, Narrower(Read.View), Plan, _output.View));
        yield return ("an output of another width", () => Component.Execute(0, Step, Read.View, Plan, Narrower(_output.View)));
    }

    private static (int Expert, float Weight)[] RowOf(TestModel model, int number) =>
        model.Experts == 1 ? [(0, 1)]
        : number % 5 == 3 && model.Has(Trait.SharedExpert) ? []
        : number % 4 == 1 ? [(number % (model.Experts - 1), 0.7f)]
        : [((number + 2) % (model.Experts - 1), 1.5f), (number % (model.Experts - 1), -0.25f)]; // weights may be negative

    private void Reset()
    {
        Before.CopyTo(_output.Floats);
        _output.Upload();
    }

    private RoutingPlan PlanView()
    {
        int[] offsets = new int[Planned.Length + 1];
        for (int row = 0; row < Planned.Length; row++)
            offsets[row + 1] = offsets[row] + Planned[row].Length;

        (int Expert, float Weight)[] entries = [.. Planned.SelectMany(row => row)];
        return new()
        {
            Offsets = Input("offsets", offsets, offsets.Length).View,
            Experts = Input("experts", entries.Select(entry => entry.Expert).ToArray(), entries.Length).View,
            Weights = Input("weights", entries.Select(entry => entry.Weight).ToArray(), entries.Length).View,
        };
    }
}
