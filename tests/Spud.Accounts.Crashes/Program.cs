using Spud.Accounts.Crashes;

return 0;
