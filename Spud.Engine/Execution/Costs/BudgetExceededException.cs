using Spud.Metering;

namespace Spud.Execution;

/// <summary>The requested work might cost more than the budget has left; it was refused before any work, and nothing was lost.</summary>
public sealed class BudgetExceededException : Exception
{
    internal BudgetExceededException(string what, decimal cost, decimal left, Budget budget, Sequence sequence)
        : base($"{what} may cost {budget.Text(cost)}, and {Rest(left, budget)}. Nothing of it was computed. Raise the budget (--budget) or shorten the text.") =>
        (Cost, Left, Budget, Sequence) = (cost, left, budget, sequence);

    /// <summary>Upper bound of the cost, in CU or in the budget's currency.</summary>
    public decimal Cost { get; }

    /// <summary>Remaining budget.</summary>
    public decimal Left { get; }

    /// <summary>The budget.</summary>
    public Budget Budget { get; }

    /// <summary>The sequence whose budget it is.</summary>
    public Sequence Sequence { get; }

    private static string Rest(decimal left, Budget budget) =>
        left == (budget.ComputeUnits ?? budget.Amount) ? $"the budget is {budget}" : $"of the budget of {budget} {budget.Text(left)} are left";
}
