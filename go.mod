module claimtracker

go 1.26
