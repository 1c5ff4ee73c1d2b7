"""What is measured, each as a program of its own: workers of Sayline, of its peers, and a bare loop over boto3."""
