using Spud;
using Spud.Accounts;
using Spud.Composition;
using Spud.Configuration;
using Spud.Generation;
using Spud.Metering;
using Spud.Plugins;

string model = args[0], plugins = args[1], database = args[2], question = args[3];

using LanguageModel spud = LanguageModel.Load(PipelineDocument.Load(null, [$"model={model}"]), PluginCatalog.Discover(plugins), new PipelineOptions { Threads = 2 });

// What an administrator does once.
using AccountStore store = await AccountStore.OpenAsync(new() { Database = database });
await store.AddAccountAsync(new() { Name = "anna", Currency = "EUR" });
await store.DepositAsync("anna", 10);
string key = (await store.AddKeyAsync("anna", "laptop")).Secret;

// What a server does when it starts.
await store.BecomeServerAsync("host:8080");
await store.RecoverAsync();

// What it does for a request.
Authenticated client = await store.AuthenticateAsync(key) ?? throw new UnauthorizedAccessException("wrong key");
Job job = await store.SubmitAsync(new() { Account = client.Account.Name, Key = client.Key.Id, Model = Path.GetFileName(model), ComputeUnits = 100, Bid = 0.002m, Lane = JobLane.Spot });
await store.StartAsync(job.Id);
Request answer = spud.Generate(spud.Encode(question), new() { MaxTokens = 16, Sampling = new() { Temperature = 0 }, Budget = Budget.OfCompute(job.ComputeUnits) });
await foreach (TextPiece piece in answer)
    Console.Write(piece.Text);

Receipt receipt = Receipt.Of(answer.Ledger!, null);
Job ended = await store.EndAsync(job.Id, JobEnd.Finished(receipt, charge: 0.0015m * receipt.ComputeUnits));
Console.WriteLine();
Console.Error.WriteLine($"{ended.ComputeUnitsUsed} CU, {ended.Charge} of {ended.Reserved} EUR");
